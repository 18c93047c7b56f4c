# Writes OUTPUT, a header with the hash of the sources that golden numbers depend on.
# Run as a script: cmake -DSOURCE_DIR=... -DOUTPUT=... -P SourceHash.cmake
file(GLOB_RECURSE sources RELATIVE ${SOURCE_DIR}
     ${SOURCE_DIR}/reference/*.?pp ${SOURCE_DIR}/conformance/cases/*.?pp
     ${SOURCE_DIR}/conformance/golden/*.?pp ${SOURCE_DIR}/conformance/judge/reenactment.hpp)
list(SORT sources)
set(hashes "")
foreach(source IN LISTS sources)
  file(SHA256 ${SOURCE_DIR}/${source} hash)
  string(APPEND hashes "${source} ${hash}\n")
endforeach()
string(SHA256 hash "${hashes}")
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#define PLUMBLINE_SOURCE_HASH \"${hash}\"\n")
