# What others use: the installed package, and the source tree as part of their own build.
if(PLUMBLINE_IS_INSTALLABLE)
  add_test(NAME install_and_find_package
    COMMAND ${CMAKE_COMMAND}
      -Dbuild=${PROJECT_BINARY_DIR}
      -Dgenerator=${CMAKE_GENERATOR}
      -Dcompiler=${CMAKE_CXX_COMPILER}
      -Dflags=${CMAKE_CXX_FLAGS}
      -P ${CMAKE_CURRENT_SOURCE_DIR}/install/install_and_find_package.cmake)
  set_tests_properties(install_and_find_package PROPERTIES TIMEOUT 300)
endif()

add_test(NAME add_subdirectory_configures
  COMMAND ${CMAKE_COMMAND} -G ${CMAKE_GENERATOR}
    -S ${CMAKE_CURRENT_SOURCE_DIR}/install
    -B ${PROJECT_BINARY_DIR}/install-test/subdirectory
    -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}
    -DPLUMBLINE_SOURCE=${PROJECT_SOURCE_DIR})
set_tests_properties(add_subdirectory_configures PROPERTIES TIMEOUT 300)
