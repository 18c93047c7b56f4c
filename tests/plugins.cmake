# Plugins for plugin_test: the built-in subject, one with faults, and the examples.
add_library(built_in_plugin MODULE plugins/built_in_plugin.cpp)
target_link_libraries(built_in_plugin PRIVATE plumbline_conformance)
add_library(faulty_plugin MODULE plugins/faulty_plugin.c)
add_library(plugin_of_version_2 MODULE plugins/faulty_plugin.c)
target_compile_definitions(plugin_of_version_2 PRIVATE FAULTY_VERSION=2)
add_library(fast_math_plugin MODULE plugins/faulty_plugin.c)
target_compile_options(fast_math_plugin PRIVATE -ffast-math)
target_link_options(fast_math_plugin PRIVATE -ffast-math)
foreach(target IN ITEMS built_in_plugin faulty_plugin plugin_of_version_2 fast_math_plugin)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/conformance/plugin)
endforeach()
set_target_properties(faulty_plugin plugin_of_version_2 fast_math_plugin PROPERTIES C_STANDARD 99)
target_compile_options(faulty_plugin PRIVATE -Wall -Wextra)

# The header by itself, as strict C99 and as C++.
add_library(plugin_header_alone OBJECT plugins/header_alone.c plugins/header_alone.cpp)
target_include_directories(plugin_header_alone PRIVATE ${PROJECT_SOURCE_DIR}/conformance/plugin)
set_target_properties(plugin_header_alone PROPERTIES C_STANDARD 99 C_EXTENSIONS OFF)
target_compile_options(plugin_header_alone PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Werror)

if(NOT example_plugins)
  set(example_plugins "")
endif()
add_dependencies(plugin_test built_in_plugin faulty_plugin plugin_of_version_2 fast_math_plugin
                 ${example_plugins})
list(JOIN example_plugins "," example_plugin_names)
target_compile_definitions(plugin_test PRIVATE
  PLUMBLINE_BUILT_IN_PLUGIN="$<TARGET_FILE:built_in_plugin>"
  PLUMBLINE_FAST_MATH_PLUGIN="$<TARGET_FILE:fast_math_plugin>"
  PLUMBLINE_FAULTY_PLUGIN="$<TARGET_FILE:faulty_plugin>"
  PLUMBLINE_PLUGIN_OF_VERSION_2="$<TARGET_FILE:plugin_of_version_2>"
  PLUMBLINE_EXAMPLE_PLUGINS="${example_plugin_names}")

# How fast the ways to a subject are; run by hand.
add_executable(subject_speed EXCLUDE_FROM_ALL plugins/subject_speed.cpp)
target_link_libraries(subject_speed PRIVATE plumbline_conformance fmt::fmt)
