// Relations between runs: linear equations that the formula makes exact.
//
// Most properties say that some linear combination of what the optimizer holds is zero in
// real arithmetic: permuted input gives permuted output, halves give what the whole gives,
// a constant gradient's mean is the gradient. Such a property only lists the runs and the
// equations. From them follow, for any rule:
//   - the expectation: evaluated on acceptance intervals of binary64, an equation either
//     has zero inside on all probes (holds) or is away from it on one (violated);
//   - the tolerance on a subject: each value may be as far from the exact one as its
//     acceptance interval is wide, so an equation's residual at most the sum of
//     |coefficient| * width.
#pragma once

#include "conformance/properties/property.hpp"
#include "reference/numbers/quadruple.hpp"

namespace plumbline::conformance {

/// coefficient * the value of one element in one run after one step (0: at the start).
struct Term {
  std::size_t run = 0;
  long step = 0;
  std::size_t parameter = 0;
  std::size_t element = 0;
  Quadruple coefficient = 1;
  std::string_view state = {};  ///< a state tensor's name; empty: the parameter itself
};

/// The sum of the terms, plus the constant, is zero.
struct Equation {
  std::vector<Term> terms;
  Quadruple constant = 0;
  /// Bound of the constant's own error.
  Quadruple slack = 0;
};

struct Relation {
  std::vector<Case> runs;
  std::vector<Equation> equations;
};

/// Makes a relation of a case; nothing where the case does not lend itself to it.
using MakeRelation = std::optional<Relation> (*)(const Case& test_case);

class RelationProperty final : public Property {
 public:
  RelationProperty(std::string_view name, std::string_view statement, CaseNeeds needs,
                   MakeRelation make)
      : Property(name, statement), needs_(needs), make_(make) {}

  CaseNeeds needs() const override { return needs_; }
  Prediction prediction(const Rule& rule, const Dialect& dialect) const override;
  Observation observe(const PropertyScope& scope, const Case& test_case,
                      Prediction expected) const override;

 private:
  CaseNeeds needs_;
  MakeRelation make_;
};

// Shorthand for makers of relations.

/// The equation: one element of run 1 is one element of run 0.
Equation same_value(long step, std::size_t parameter, std::size_t element,
                    std::size_t other_parameter, std::size_t other_element);
/// Both runs hold the same in all steps, parameter by parameter.
void add_same_everywhere(Relation& relation);

}  // namespace plumbline::conformance
