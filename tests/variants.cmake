# Correct optimizers in many orders of operations, by two compilers and several sets of
# flags: none of them may be called wrong.
add_library(variant_serving OBJECT variants/variant_subject.cpp)
target_link_libraries(variant_serving PRIVATE nlohmann_json::nlohmann_json)
target_compile_options(variant_serving PRIVATE -O1)

set(variant_fma_flags "")
if(EXISTS /proc/cpuinfo)
  # Not file(STRINGS): one line is all that is wanted, and it is long.
  file(READ /proc/cpuinfo variant_processor LIMIT 65536)
  if(variant_processor MATCHES "[ \t]fma[ \n]" AND variant_processor MATCHES "[ \t]avx2[ \n]")
    set(variant_fma_flags -mfma -mavx2)
  endif()
endif()
if(NOT variant_fma_flags)
  message(STATUS "correct_variants: this processor shows no fma and avx2: built without them")
endif()

# numerics.cpp by one compiler with the flags that follow, linked to the one serving part.
set(variant_targets "")
function(add_variant name compiler)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/variants/${name}.o)
  add_custom_command(OUTPUT ${object}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/variants
    COMMAND ${compiler} -std=c++20 -Wall -Wextra ${ARGN}
            -c ${CMAKE_CURRENT_SOURCE_DIR}/variants/numerics.cpp -o ${object}
    DEPENDS variants/numerics.cpp variants/numerics.hpp
    COMMENT "Building variant ${name}" VERBATIM)
  set_source_files_properties(${object} PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
  add_executable(variant_${name} $<TARGET_OBJECTS:variant_serving> ${object})
  set_target_properties(variant_${name} PROPERTIES
    LINKER_LANGUAGE CXX
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/variants)
  set(variant_targets ${variant_targets} variant_${name} PARENT_SCOPE)
endfunction()

find_program(PLUMBLINE_VARIANT_GXX g++)
find_program(PLUMBLINE_VARIANT_CLANGXX clang++)
foreach(compiler IN ITEMS gxx clangxx)
  string(TOUPPER ${compiler} upper)
  if(PLUMBLINE_VARIANT_${upper})
    set(program ${PLUMBLINE_VARIANT_${upper}})
    add_variant(${compiler}_O0 ${program} -O0)
    add_variant(${compiler}_O3 ${program} -O3 ${variant_fma_flags} -ffp-contract=fast)
  else()
    message(STATUS "correct_variants: no ${compiler}: its variants are left out")
  endif()
endforeach()

if(variant_targets)
  set(variant_programs "")
  foreach(target IN LISTS variant_targets)
    list(APPEND variant_programs $<TARGET_FILE:${target}>)
  endforeach()
  add_test(NAME correct_variants
    COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/variants/run.py
            $<TARGET_FILE:plumbline> ${variant_programs})
  set_tests_properties(correct_variants PROPERTIES TIMEOUT 600 PROCESSORS 2)
endif()
