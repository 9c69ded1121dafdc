#pragma once
#include <sqlite3.h>

/// Lets SQLite count none of the bytes that it takes: the count stands behind one lock, for which all threads wait at
/// every allocation. To be called before anything else of SQLite; later it changes nothing. sqlite3_config is variadic, so
/// that Swift cannot call it.
static inline void csqlite_count_no_memory(void) { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
