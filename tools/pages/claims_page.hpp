// The claims ledger as a page that filters.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace plumbline::tools {

/// `report`: the JSON report of `plumbline claims`.
std::string claims_page(const nlohmann::ordered_json& report);

}  // namespace plumbline::tools
