// Compiles a function for several instruction sets; the right one is chosen when the library is loaded.
#pragma once
#ifdef __x86_64__
#define VECTOR_CLONES __attribute__((target_clones("arch=skylake-avx512", "avx2", "default")))
#else
#define VECTOR_CLONES
#endif
