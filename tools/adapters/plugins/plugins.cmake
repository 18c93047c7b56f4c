# The example plugins, into the build folder: C always, so that it can be tried at once;
# Rust and Fortran where their compilers are.
enable_language(C)

set(plugin_header_folder ${PROJECT_SOURCE_DIR}/conformance/plugin)
set(example_plugins example_plugin)

add_library(example_plugin MODULE ${CMAKE_CURRENT_LIST_DIR}/example_plugin.c)
set_target_properties(example_plugin PROPERTIES
  C_STANDARD 99 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF C_VISIBILITY_PRESET hidden
  LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
target_include_directories(example_plugin PRIVATE ${plugin_header_folder})
target_compile_options(example_plugin PRIVATE -Wall -Wextra -Wconversion)
target_link_libraries(example_plugin PRIVATE m)
add_dependencies(plumbline example_plugin)

find_program(PLUMBLINE_RUSTC rustc)
if(PLUMBLINE_RUSTC)
  set(rust_plugin ${PROJECT_BINARY_DIR}/libexample_plugin_rust.so)
  add_custom_command(OUTPUT ${rust_plugin}
    COMMAND ${PLUMBLINE_RUSTC} --edition 2021 --crate-type cdylib -O
            -o ${rust_plugin} ${CMAKE_CURRENT_LIST_DIR}/example_plugin.rs
    DEPENDS ${CMAKE_CURRENT_LIST_DIR}/example_plugin.rs
            ${CMAKE_CURRENT_LIST_DIR}/plumbline_subject_v1.rs
    COMMENT "Building the example plugin in Rust" VERBATIM)
  add_custom_target(example_plugin_rust ALL DEPENDS ${rust_plugin})
  list(APPEND example_plugins example_plugin_rust)
else()
  message(STATUS "example plugins: no rustc, the one in Rust is left out")
endif()

find_program(PLUMBLINE_FORTRAN gfortran)
if(PLUMBLINE_FORTRAN)
  set(fortran_plugin ${PROJECT_BINARY_DIR}/libexample_plugin_fortran.so)
  set(fortran_modules ${PROJECT_BINARY_DIR}/fortran_modules)
  add_custom_command(OUTPUT ${fortran_plugin}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${fortran_modules}
    COMMAND ${PLUMBLINE_FORTRAN} -std=f2008 -Wall -O2 -fPIC -shared -J ${fortran_modules}
            -o ${fortran_plugin} ${CMAKE_CURRENT_LIST_DIR}/plumbline_subject_v1.f90
            ${CMAKE_CURRENT_LIST_DIR}/example_plugin.f90
    DEPENDS ${CMAKE_CURRENT_LIST_DIR}/plumbline_subject_v1.f90
            ${CMAKE_CURRENT_LIST_DIR}/example_plugin.f90
    COMMENT "Building the example plugin in Fortran" VERBATIM)
  add_custom_target(example_plugin_fortran ALL DEPENDS ${fortran_plugin})
  list(APPEND example_plugins example_plugin_fortran)
else()
  message(STATUS "example plugins: no gfortran, the one in Fortran is left out")
endif()
