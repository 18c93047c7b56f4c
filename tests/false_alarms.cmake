# Correct implementations at random, by two compilers and many sets of flags: none of them
# may be called wrong. 20,000 runs in every test run, on four builds; half a million on all
# sixteen of them by name: tools/test --deep -R false_alarms
set(false_alarms_folder ${CMAKE_CURRENT_SOURCE_DIR}/false_alarms)
set(variant_folder ${CMAKE_CURRENT_BINARY_DIR}/variant_plugins)

add_library(variant_serving OBJECT false_alarms/variant_plugin.cpp false_alarms/dialects.cpp
            false_alarms/rule_interface.cpp false_alarms/small_numerics.cpp)
target_include_directories(variant_serving PRIVATE ${PROJECT_SOURCE_DIR}/conformance/plugin)
set_target_properties(variant_serving PROPERTIES POSITION_INDEPENDENT_CODE ON)
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
  message(STATUS "false_alarms: this processor shows no fma and avx2: built without them")
endif()

file(GLOB variant_headers CONFIGURE_DEPENDS ${false_alarms_folder}/*.hpp)
list(FILTER variant_headers EXCLUDE REGEX "random_run")
set(usual_variants "")
set(deep_variants "")
# The numerics by one compiler with the flags that follow, linked to the one serving part.
function(add_variant list name compiler)
  set(objects "")
  foreach(part IN ITEMS numerics values)
    set(object ${variant_folder}/${name}.${part}.o)
    add_custom_command(OUTPUT ${object}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${variant_folder}
      COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${compiler} -std=c++20 -Wall -Wextra -fPIC ${ARGN}
              -c ${false_alarms_folder}/${part}.cpp -o ${object}
      DEPENDS false_alarms/${part}.cpp ${variant_headers}
      COMMENT "Building variant ${name}: ${part}" VERBATIM)
    list(APPEND objects ${object})
  endforeach()
  set_source_files_properties(${objects} PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
  add_library(variant_${name} MODULE $<TARGET_OBJECTS:variant_serving> ${objects})
  set_target_properties(variant_${name} PROPERTIES
    LINKER_LANGUAGE CXX PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${variant_folder})
  if(list STREQUAL "deep_variants")
    set_target_properties(variant_${name} PROPERTIES EXCLUDE_FROM_ALL TRUE)
  endif()
  set(${list} ${${list}} variant_${name} PARENT_SCOPE)
endfunction()

find_program(PLUMBLINE_VARIANT_GXX g++)
find_program(PLUMBLINE_VARIANT_CLANGXX clang++)
foreach(compiler IN ITEMS gxx clangxx)
  string(TOUPPER ${compiler} upper)
  set(program ${PLUMBLINE_VARIANT_${upper}})
  if(NOT program)
    message(STATUS "false_alarms: no ${compiler}: its variants are left out")
    continue()
  endif()
  foreach(level IN ITEMS 0 1 2 3)
    set(plain deep_variants)
    set(fast deep_variants)
    if(level EQUAL 0)
      set(plain usual_variants)
    elseif(level EQUAL 3)
      set(fast usual_variants)
    endif()
    add_variant(${plain} ${compiler}_O${level} ${program} -O${level} -ffp-contract=off)
    add_variant(${fast} ${compiler}_O${level}_fast_contract ${program} -O${level}
                ${variant_fma_flags} -ffp-contract=fast)
  endforeach()
endforeach()

if(usual_variants)
  add_executable(false_alarms false_alarms/false_alarms.cpp false_alarms/random_run.cpp)
  target_link_libraries(false_alarms PRIVATE plumbline_conformance fmt::fmt CLI11::CLI11
                        Threads::Threads ${CMAKE_DL_LIBS})
  add_dependencies(false_alarms ${usual_variants})
  add_custom_target(deep_variants DEPENDS ${deep_variants})

  set(usual_files "")
  foreach(target IN LISTS usual_variants)
    list(APPEND usual_files $<TARGET_FILE:${target}>)
  endforeach()
  set(deep_files ${usual_files})
  foreach(target IN LISTS deep_variants)
    list(APPEND deep_files $<TARGET_FILE:${target}>)
  endforeach()
  # The catalogue's own cases, on one build of each compiler; by name in all orders.
  set(catalogue_files ${usual_files})
  list(FILTER catalogue_files INCLUDE REGEX fast_contract)
  set(run_catalogue /usr/bin/python3 ${false_alarms_folder}/run_catalogue.py)
  add_test(NAME correct_variants
    COMMAND ${run_catalogue} --in-turn $<TARGET_FILE:plumbline> ${catalogue_files})
  add_test(NAME correct_variants_deep
    COMMAND ${run_catalogue} $<TARGET_FILE:plumbline> ${catalogue_files})
  set_tests_properties(correct_variants correct_variants_deep PROPERTIES
    TIMEOUT 3600 PROCESSORS 2)
  set_tests_properties(correct_variants_deep PROPERTIES LABELS deep)
  add_test(NAME false_alarms COMMAND false_alarms --runs 20000 ${usual_files})
  set_tests_properties(false_alarms PROPERTIES TIMEOUT 600 PROCESSORS 2)
  # What it is worth: variants held to another dialect than their own are called wrong.
  add_test(NAME false_alarms_are_possible
    COMMAND false_alarms --runs 40 --rule adam --dialect epsilon_inside_root
            --judged-as paper --format binary32 ${usual_files})
  set_tests_properties(false_alarms_are_possible PROPERTIES
    PASS_REGULAR_EXPRESSION "FALSE ALARM run .*adam/epsilon_inside_root in binary32")
  add_test(NAME false_alarms_builds
    COMMAND ${CMAKE_COMMAND} --build ${PROJECT_BINARY_DIR} --target deep_variants)
  set_tests_properties(false_alarms_builds PROPERTIES
    LABELS deep TIMEOUT 1800 PROCESSORS 2 FIXTURES_SETUP false_alarms_builds)
  add_test(NAME false_alarms_deep COMMAND false_alarms --runs 500000 --seed 2 ${deep_files})
  set_tests_properties(false_alarms_deep PROPERTIES
    LABELS deep TIMEOUT 3600 PROCESSORS 2 FIXTURES_REQUIRED false_alarms_builds)
endif()

# Rules by tensor, in NumPy's orders of operations. Needs Debian's python3-numpy.
add_test(NAME numpy_layerwise
  COMMAND /usr/bin/python3 -B tests/subjects/check_numpy_layerwise.py $<TARGET_FILE:plumbline>
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
set_tests_properties(numpy_layerwise PROPERTIES TIMEOUT 600)
