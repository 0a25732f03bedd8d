/* A stand-in for bcryptprimitives.dll, which Wine 8 lacks and Rust's standard library needs. For tests under Wine only: it
   is never part of a package. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) {
    return RtlGenRandom(data, (ULONG)size);
}
