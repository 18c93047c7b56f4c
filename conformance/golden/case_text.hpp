// What the golden files of rules, schedules and clippings write alike about their cases.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "conformance/golden/certified_text.hpp"

namespace plumbline::conformance {

/// A file's first lines; `kind`: "rule", "schedule", "clipping" or "initialization".
nlohmann::ordered_json heading(const auto& entry, const char* kind) {
  return {{"format", "plumbline-golden/1"},
          {kind, entry.name},
          {"source", entry.source},
          {"notes", fmt::format("{}. {}", entry.formula, entry.notes)},
          {"cases", nlohmann::ordered_json::array()}};
}

/// A case's first lines, its id among them.
nlohmann::ordered_json case_heading(const auto& entry, const Dialect& dialect,
                                    const auto& test_case) {
  return {{"id", fmt::format("{}/{}{}", entry.name, dialect.name,
                             test_case.id.substr(entry.name.size()))},
          {"dialect", dialect.name},
          {"purpose", test_case.purpose}};
}

/// Computes `body(counts)` at rising precision, and merges what it counted. Throws
/// NotEnoughPrecision, with the case's id.
template <class Body>
nlohmann::ordered_json certified_part(const std::string& id, GoldenCounts& counts, Body&& body) {
  int precision = 0;
  GoldenCounts counted;
  nlohmann::ordered_json part;
  try {
    part = certify(
        [&] {
          counted = {};
          return body(counted);
        },
        &precision);
  } catch (const MaybeSingular&) {
    throw;
  } catch (const MaybeDividedByZero&) {
    throw;
  } catch (const NotEnoughPrecision& failure) {
    throw NotEnoughPrecision(fmt::format("{}: {}", id, failure.what()));
  }
  ++counts.cases;
  counts.certified_numbers += counted.certified_numbers;
  counts.highest_precision = std::max(counts.highest_precision, precision);
  return part;
}

}  // namespace plumbline::conformance
