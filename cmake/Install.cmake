# What is installed: the executable, the libraries, their headers, the golden numbers, and
# the package `plumbline` with the targets plumbline::reference, plumbline::conformance and
# plumbline::googletest.
include(CMakePackageConfigHelpers)

# Whoever links a library compiles its headers.
target_compile_features(plumbline_reference PUBLIC cxx_std_20)

option(PLUMBLINE_INSTALL "Install Plumbline together with this project" ${PROJECT_IS_TOP_LEVEL})
if(NOT PLUMBLINE_INSTALL)
  return()
endif()
if(NOT PLUMBLINE_IS_INSTALLABLE)
  message(STATUS "plumbline: not installable, it was built with libraries fetched from source")
  return()
endif()

install(TARGETS plumbline RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

set_target_properties(plumbline_compile_options PROPERTIES EXPORT_NAME compile_options)
install(TARGETS plumbline_compile_options plumbline_reference plumbline_conformance
        plumbline_googletest
        EXPORT plumbline-targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY reference conformance
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/plumbline
        FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
# The one header that a plugin needs, where a C compiler looks: <plumbline_subject_v1.h>.
install(FILES conformance/plugin/plumbline_subject_v1.h
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY golden DESTINATION ${CMAKE_INSTALL_DATADIR}/plumbline)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/plumbline)
configure_package_config_file(cmake/plumbline-config.cmake.in
  ${PROJECT_BINARY_DIR}/plumbline-config.cmake
  INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/plumbline-config-version.cmake
  COMPATIBILITY SameMajorVersion)
install(EXPORT plumbline-targets NAMESPACE plumbline:: DESTINATION ${package_folder})
install(FILES ${PROJECT_BINARY_DIR}/plumbline-config.cmake
              ${PROJECT_BINARY_DIR}/plumbline-config-version.cmake
              cmake/FindMPFI.cmake cmake/FindRapidCheck.cmake
        DESTINATION ${package_folder})
