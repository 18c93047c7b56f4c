// What `plumbline show` tells of the law that an initialization draws from.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "reference/initialization.hpp"

namespace plumbline::tools {

/// What a dialect draws from in each case that it has a place for, with forty certified
/// digits. What a law has not (a normal's bound, a uniform's deviation before a cut) is 0.
nlohmann::ordered_json laws_of(const Initialization& initialization, const Dialect& dialect);

/// The same for a reader: a line for each of some shapes.
std::string law_page(const nlohmann::ordered_json& laws);

}  // namespace plumbline::tools
