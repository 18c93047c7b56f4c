// The files that pages are made of, as text in the program: cmake/PageParts.cmake writes the
// definitions, so that an installed plumbline needs no other file.
#pragma once

#include <string_view>

namespace plumbline::tools::parts {

extern const std::string_view page_css;
extern const std::string_view filter_js;
extern const std::string_view axes_js;
extern const std::string_view theorems_page_js;
extern const std::string_view rosenbrock_js;

extern const std::string_view d3_min_js;
extern const std::string_view d3_license;
extern const std::string_view plot_umd_min_js;
extern const std::string_view plot_license;

}  // namespace plumbline::tools::parts
