#include "conformance/mutants/equal_bits.hpp"

#include <algorithm>

#include "conformance/builtin/built_in_subject.hpp"
#include "conformance/cases/case.hpp"
#include "conformance/subject/recording.hpp"

namespace plumbline::conformance {
namespace {

bool same(const StepRecord& one, const StepRecord& other) {
  return one.parameters == other.parameters && one.state == other.state;
}

}  // namespace

bool equal_bits(const Mutant& mutant, const std::string& dialect) {
  const SubjectFormat format = find_format("binary64").value();
  BuiltInSubject right({.dialect = mutant.rule + "/" + dialect});
  BuiltInSubject wrong({.mutant = mutant.rule + "/" + mutant.name});
  bool any = false;
  for (const Case& test_case : cases_for(*find_rule(mutant.rule), 1)) {
    const Recording one = record(right, test_case, format);
    const Recording other = record(wrong, test_case, format);
    if (one.outcome != other.outcome || !std::ranges::equal(one.steps, other.steps, same)) {
      return false;
    }
    any = any || one.outcome == Outcome::ran;
  }
  return any;
}

}  // namespace plumbline::conformance
