# Finds RapidCheck, which comes without a CMake package in Debian. Used here and, installed
# beside plumbline-config.cmake, by those who link the installed libraries. Defines
# rapidcheck.
include(FindPackageHandleStandardArgs)

find_path(RAPIDCHECK_INCLUDE_DIR rapidcheck.h)
find_library(RAPIDCHECK_LIBRARY rapidcheck)
mark_as_advanced(RAPIDCHECK_INCLUDE_DIR RAPIDCHECK_LIBRARY)

find_package_handle_standard_args(RapidCheck
  REQUIRED_VARS RAPIDCHECK_LIBRARY RAPIDCHECK_INCLUDE_DIR)

if(RapidCheck_FOUND AND NOT TARGET rapidcheck)
  add_library(rapidcheck UNKNOWN IMPORTED)
  set_target_properties(rapidcheck PROPERTIES IMPORTED_LOCATION "${RAPIDCHECK_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${RAPIDCHECK_INCLUDE_DIR}")
endif()
