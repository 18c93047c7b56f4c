// Judged theorems as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <span>

#include "conformance/subject/subject.hpp"
#include "conformance/theorems/judge.hpp"

namespace plumbline::conformance {

/// What `show` gives of a theorem: no run is made.
nlohmann::ordered_json describe(const Theorem& theorem);

nlohmann::ordered_json as_json(const JudgedTheorem& judged);

/// `holds`, `does not hold`, or of a subject that has no place for any of it, `unsupported`.
std::string_view verdict_of(const JudgedTheorem& judged);

/// The whole report; `complete` comes last. `subject`: null where the reference itself ran.
nlohmann::ordered_json theorem_report(std::span<const JudgedTheorem> theorems,
                                      const SubjectDescription* subject = nullptr);

}  // namespace plumbline::conformance
