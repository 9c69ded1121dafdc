// Models/nano and Models/hone-static, put into the program when it is compiled. Without that folder the program has no built-in model.
#include "CHoneBuiltIn.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

#if __has_embed("../../Models/nano/model.safetensors")
static const unsigned char config[] = {
#embed "../../Models/nano/config.json"
};
static const unsigned char vocabulary[] = {
#embed "../../Models/nano/vocab.json"
};
static const unsigned char merges[] = {
#embed "../../Models/nano/merges.txt"
};
_Alignas(64) static const unsigned char weights[] = {
#embed "../../Models/nano/model.safetensors"
};
static const unsigned char info[] = {
#embed "../../Models/nano/hone.json"
};

#if __has_embed("../../Models/hone-static/model.safetensors")
static const unsigned char static_vocabulary[] = {
#embed "../../Models/hone-static/vocab.txt"
};
_Alignas(64) static const unsigned char static_weights[] = {
#embed "../../Models/hone-static/model.safetensors"
};
static const unsigned char static_info[] = {
#embed "../../Models/hone-static/hone.json"
};
#define STATIC_FILES                                                                                          \
  case HONE_BUILT_IN_STATIC_VOCABULARY: *size = sizeof static_vocabulary; return static_vocabulary;           \
  case HONE_BUILT_IN_STATIC_WEIGHTS: *size = sizeof static_weights; return static_weights;                    \
  case HONE_BUILT_IN_STATIC_INFO: *size = sizeof static_info; return static_info;
#else
#define STATIC_FILES
#endif

const void *hone_built_in(int file, size_t *size) {
  switch (file) {
  STATIC_FILES
  case HONE_BUILT_IN_CONFIG: *size = sizeof config; return config;
  case HONE_BUILT_IN_VOCABULARY: *size = sizeof vocabulary; return vocabulary;
  case HONE_BUILT_IN_MERGES: *size = sizeof merges; return merges;
  case HONE_BUILT_IN_WEIGHTS: *size = sizeof weights; return weights;
  case HONE_BUILT_IN_INFO: *size = sizeof info; return info;
  default: *size = 0; return NULL;
  }
}
#else
const void *hone_built_in(int file, size_t *size) {
  (void)file;
  *size = 0;
  return NULL;
}
#endif
