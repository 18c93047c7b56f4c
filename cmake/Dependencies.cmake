# Where the libraries come from: Debian's packages first; what is header-only or
# small is fetched where a user has no package. MPFR, MPFI and OpenSSL are system
# libraries and have to be installed (tools/install-dependencies does that).
include(FetchContent)

list(PREPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})
find_package(MPFI REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(Threads REQUIRED)
find_package(Boost 1.74 REQUIRED)

# Takes `target` from an installed package or fetches the library from its release. The
# headers fetched count as a system's: its warnings are not ours.
macro(plumbline_find_or_fetch package target url)
  find_package(${package} QUIET)
  if(NOT TARGET ${target})
    plumbline_fetch(${package} ${target} ${url})
  endif()
endmacro()

macro(plumbline_fetch package target url)
  message(STATUS "${package}: no package installed, fetching ${url}")
  FetchContent_Declare(${package} URL ${url})
  FetchContent_MakeAvailable(${package})
  list(APPEND plumbline_fetched ${package})
  get_target_property(plumbline_aliased ${target} ALIASED_TARGET)
  if(NOT plumbline_aliased)
    set(plumbline_aliased ${target})
  endif()
  get_target_property(plumbline_includes ${plumbline_aliased} INTERFACE_INCLUDE_DIRECTORIES)
  set_target_properties(${plumbline_aliased} PROPERTIES
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${plumbline_includes}")
endmacro()

plumbline_find_or_fetch(Eigen3 Eigen3::Eigen
  https://gitlab.com/libeigen/eigen/-/archive/3.4.0/eigen-3.4.0.tar.gz)
plumbline_find_or_fetch(nlohmann_json nlohmann_json::nlohmann_json
  https://github.com/nlohmann/json/releases/download/v3.11.2/json.tar.xz)
plumbline_find_or_fetch(fmt fmt::fmt
  https://github.com/fmtlib/fmt/archive/refs/tags/9.1.0.tar.gz)
plumbline_find_or_fetch(CLI11 CLI11::CLI11
  https://github.com/CLIUtils/CLI11/archive/refs/tags/v2.1.2.tar.gz)
plumbline_find_or_fetch(pugixml pugixml::pugixml
  https://github.com/zeux/pugixml/releases/download/v1.13/pugixml-1.13.tar.gz)

plumbline_find_or_fetch(RapidCheck rapidcheck
  https://github.com/emil-e/rapidcheck/archive/ff6af6fc683159deb51c543b065eba14dfcf329b.tar.gz)

if(PLUMBLINE_BUILD_TESTS)
  plumbline_find_or_fetch(GTest GTest::gtest
    https://github.com/google/googletest/archive/refs/tags/release-1.12.1.tar.gz)
endif()

# An installed library can refer to installed libraries only.
set(PLUMBLINE_IS_INSTALLABLE TRUE)
if(plumbline_fetched MATCHES "nlohmann_json|fmt|pugixml|RapidCheck")
  set(PLUMBLINE_IS_INSTALLABLE FALSE)
endif()
