// The committed golden numbers put to a subject: a second way to a verdict.
//
// Inputs, results and radii are read from golden/rules/<rule>.json and nothing is computed
// here, so that a fault in the reference's code can't hide itself.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/judge/verdict.hpp"
#include "conformance/subject/subject.hpp"

namespace plumbline::conformance {

class GoldenCases {
 public:
  /// Reads FOLDER/rules/RULE.json. Throws std::runtime_error, naming the file, when it
  /// can't be read.
  GoldenCases(const std::string& folder, const Rule& rule);

  /// Puts one case to the subject and holds every checkpoint's parameters to
  /// |value - golden| <= radius. `case_id` is without the dialect ("adam/gaussian/dyadic").
  /// `unsupported` where the file has no such case for the dialect, and where the subject
  /// holds hyperparameters in binary32 and the case's do not exist there. Throws
  /// SubjectUnusable.
  Finding check(Subject& subject, std::string_view case_id, const Dialect& dialect,
                const std::vector<std::string>& modifiers, const std::string& format) const;

 private:
  const Rule& rule_;
  std::string path_;
  nlohmann::json content_;
};

/// The ids, without dialect, of the rule's golden cases with radii in the format.
std::vector<std::string> golden_case_ids(const Rule& rule, const std::string& format);

}  // namespace plumbline::conformance
