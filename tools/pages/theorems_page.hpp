// The theorems' report as a page with pictures.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace plumbline::tools {

/// `report`: the JSON report of `plumbline theorems`. For each theorem what it says, its runs, and
/// observed against bound; and the paths of methods on Rosenbrock's function.
std::string theorems_page(const nlohmann::ordered_json& report);

}  // namespace plumbline::tools
