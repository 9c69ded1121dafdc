// Models/nano, put into the program when it is compiled. Without that folder the program has no built-in model.
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

const void *hone_built_in(int file, size_t *size) {
  switch (file) {
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
