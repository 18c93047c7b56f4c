// What `plumbline show` tells of a formula that was derived from the code.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "reference/catalogue.hpp"

namespace plumbline::tools {

/// Adds to a dialect's entry what its code computes: `formula_text`, `formula_latex`,
/// `operations`, `state_memory`; and where hyperparameters are off by default, the same
/// with all of them on as `in_full`.
void add_formula(nlohmann::ordered_json& entry, const Rule& rule, const Dialect& dialect);
void add_formula(nlohmann::ordered_json& entry, const Clipping& clipping, const Dialect& dialect);
/// Schedules compute on plain step numbers, which are not traced: adds nothing.
void add_formula(nlohmann::ordered_json& entry, const Schedule& schedule, const Dialect& dialect);

/// The entry's formulas, counts and state for reading, indented; empty where it has none.
std::string formula_page(const nlohmann::ordered_json& entry, bool as_latex);

}  // namespace plumbline::tools
