"""Vector stores with the newest client: files in, batches, searches with filters, attributes, errors."""
import io
import json
import time

import openai
from harness import BASE, KEY, ask, raises, run

client = openai.OpenAI(base_url=BASE + "/v1", api_key=KEY, max_retries=0)
stores = client.vector_stores

PARKS = """# Parks

The botanical garden opens at nine and is closed on Mondays.

## Playgrounds

The playground by the river has swings, a slide and a sandpit for small children.
"""
RULES = "Dogs must be kept on a lead in every park of the city.\n\nBicycles may be ridden on the broad paths only.\n"


def upload(name, text):
    data = text if isinstance(text, bytes) else text.encode()
    return client.files.create(file=(name, io.BytesIO(data)), purpose="assistants").id


def check_a_file_goes_in_and_is_found():
    store = stores.create(name="parks", metadata={"city": "here"}, expires_after={"anchor": "last_active_at", "days": 7})
    assert store.object == "vector_store" and store.id.startswith("vs_") and store.name == "parks"
    assert store.metadata == {"city": "here"} and store.expires_at == store.last_active_at + 7 * 86400
    file = stores.files.create_and_poll(upload("parks.md", PARKS), vector_store_id=store.id,
                                        attributes={"kind": "guide", "year": 2024, "open": True})
    assert file.status == "completed" and file.last_error is None and file.usage_bytes > 0
    assert file.attributes == {"kind": "guide", "year": 2024, "open": True}
    assert file.chunking_strategy.static.max_chunk_size_tokens == 800
    stores.files.create_and_poll(upload("rules.txt", RULES), vector_store_id=store.id, attributes={"kind": "law", "year": 2020})
    store = stores.retrieve(store.id)
    assert store.status == "completed" and store.file_counts.completed == 2 == store.file_counts.total
    assert store.usage_bytes > 0

    page = stores.search(store.id, query="where can children play", max_num_results=1)
    hit = page.data[0]
    assert hit.filename == "parks.md" and hit.file_id == file.id and "swings" in hit.content[0].text
    assert 0 <= hit.score <= 1 and hit.attributes["kind"] == "guide"
    assert [hit.filename for hit in stores.search(store.id, query="dogs").data][0] == "rules.txt"
    several = stores.search(store.id, query=["dogs on a lead", "when does the garden open"]).data
    assert {hit.filename for hit in several[:2]} == {"parks.md", "rules.txt"}
    assert [hit.score for hit in several] == sorted((hit.score for hit in several), reverse=True)

    def names(filters, **more):
        return {hit.filename for hit in stores.search(store.id, query="park", filters=filters, **more).data}

    assert names({"type": "eq", "key": "kind", "value": "law"}) == {"rules.txt"}
    assert names({"type": "gte", "key": "year", "value": 2024}) == {"parks.md"}
    assert names({"type": "and", "filters": [{"type": "ne", "key": "kind", "value": "law"},
                                             {"type": "lt", "key": "year", "value": 2000}]}) == set()
    assert names({"type": "in", "key": "kind", "value": ["law", "guide"]}) == {"parks.md", "rules.txt"}
    changed = stores.files.update(file.id, vector_store_id=store.id, attributes={"kind": "law"})
    assert changed.attributes == {"kind": "law"}
    assert names({"type": "eq", "key": "kind", "value": "law"}) == {"parks.md", "rules.txt"}
    content = stores.files.content(file.id, vector_store_id=store.id)
    assert "botanical" in "".join(part.text for part in content.data)

    assert stores.files.delete(file.id, vector_store_id=store.id).deleted
    assert names(None) == {"rules.txt"}
    assert stores.update(store.id, name="rules").name == "rules"
    assert stores.delete(store.id).deleted
    assert raises(openai.NotFoundError, lambda: stores.retrieve(store.id)).status_code == 404


def check_batches_lists_and_files_that_are_no_text():
    store = stores.create(name="many")
    ids = [upload(f"note{number}.txt", f"Note {number} is about topic{number}.\n") for number in range(5)]
    bad = upload("picture.bin", b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe")
    batch = stores.file_batches.create_and_poll(vector_store_id=store.id, file_ids=ids + [bad],
                                                chunking_strategy={"type": "static", "static": {
                                                    "max_chunk_size_tokens": 100, "chunk_overlap_tokens": 20}})
    assert batch.status == "completed" and batch.file_counts.completed == 5 and batch.file_counts.failed == 1
    failed = stores.files.list(store.id, filter="failed").data
    assert [file.id for file in failed] == [bad] and failed[0].last_error.code == "unsupported_file"
    page = stores.files.list(store.id, limit=2, order="asc")
    assert page.has_more and [file.id for file in page.data] == ids[:2]
    assert [file.id for file in stores.files.list(store.id, order="asc")] == ids + [bad]
    assert len(stores.file_batches.list_files(batch.id, vector_store_id=store.id, filter="completed").data) == 5
    assert stores.search(store.id, query="topic3", max_num_results=1).data[0].filename == "note3.txt"
    assert store.id in [each.id for each in stores.list(limit=100)]
    cancelled = stores.file_batches.cancel(batch.id, vector_store_id=store.id)
    assert cancelled.file_counts.completed == 5
    # Taken again, a file is divided anew and is there once.
    stores.files.create_and_poll(ids[0], vector_store_id=store.id)
    assert stores.retrieve(store.id).file_counts.total == 6
    stores.delete(store.id)


def check_a_script_that_deletes_what_it_lists_leaves_nothing():
    made = [stores.create(name=f"temporary {number}").id for number in range(5)]
    ids = [upload(f"leaf{number}.txt", f"Leaf {number}.\n") for number in range(5)]
    store = stores.create(name="leaves")
    stores.file_batches.create_and_poll(vector_store_id=store.id, file_ids=ids)
    before = stores.files.list(store.id, limit=2, before=ids[3], order="asc")
    assert [file.id for file in before.data] == ids[1:3] and before.has_more
    for order in "asc", "desc":
        for file in stores.files.list(store.id, limit=2, order=order):
            stores.files.delete(file.id, vector_store_id=store.id)
        assert stores.files.list(store.id).data == []
        stores.file_batches.create_and_poll(vector_store_id=store.id, file_ids=ids)
    for each in stores.list(limit=2):
        stores.delete(each.id)
    assert not {each.id for each in stores.list(limit=100)} & {store.id, *made}


def check_what_is_wrong_is_named():
    store = stores.create()

    def refused(call, status=openai.BadRequestError):
        return raises(status, call)

    assert refused(lambda: stores.search(store.id, query="")).param == "query"
    assert refused(lambda: stores.search(store.id, query="x", max_num_results=51)).param == "max_num_results"
    fault = refused(lambda: stores.search(store.id, query="x", filters={"type": "like", "key": "a", "value": "b"}))
    assert "filters.type" in fault.message
    refused(lambda: stores.files.create(vector_store_id=store.id, file_id="file-nothing"), openai.NotFoundError)
    refused(lambda: stores.files.retrieve("file-nothing", vector_store_id=store.id), openai.NotFoundError)
    refused(lambda: stores.file_batches.retrieve("vsfb_nothing", vector_store_id=store.id), openai.NotFoundError)
    fault = refused(lambda: stores.create(chunking_strategy={"type": "static", "static": {
        "max_chunk_size_tokens": 100, "chunk_overlap_tokens": 60}}))
    assert fault.param == "chunking_strategy.static.chunk_overlap_tokens"
    assert refused(lambda: stores.create(expires_after={"anchor": "last_active_at", "days": 0})).param == "expires_after.days"
    for body in ("{}", '{"query": 3}', '{"query": "x", "filters": []}', '{"query": "x", "filters": "y"}'):
        reply, _ = ask("POST", f"/v1/vector_stores/{store.id}/search", body)
        assert reply.status == 400, body
    assert stores.search(store.id, query="anything").data == []
    stores.delete(store.id)


run(globals())
