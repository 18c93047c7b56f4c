# Finds MPFI with what it stands on, MPFR and GMP; none of them comes with a CMake
# package. Used here and, installed beside plumbline-config.cmake, by those who link the
# installed libraries. Defines MPFI::MPFI.
include(FindPackageHandleStandardArgs)

foreach(library IN ITEMS MPFI MPFR GMP)
  string(TOLOWER ${library} name)
  find_path(${library}_INCLUDE_DIR ${name}.h)
  find_library(${library}_LIBRARY ${name})
  mark_as_advanced(${library}_INCLUDE_DIR ${library}_LIBRARY)
endforeach()

find_package_handle_standard_args(MPFI
  REQUIRED_VARS MPFI_LIBRARY MPFI_INCLUDE_DIR MPFR_LIBRARY MPFR_INCLUDE_DIR
                GMP_LIBRARY GMP_INCLUDE_DIR)

if(MPFI_FOUND AND NOT TARGET MPFI::MPFI)
  add_library(MPFI::MPFI UNKNOWN IMPORTED)
  set_target_properties(MPFI::MPFI PROPERTIES
    IMPORTED_LOCATION "${MPFI_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${MPFI_INCLUDE_DIR};${MPFR_INCLUDE_DIR};${GMP_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES "${MPFR_LIBRARY};${GMP_LIBRARY}")
endif()
