#include "conformance/judge/acceptance.hpp"

#include <algorithm>

#include "conformance/judge/reenactment.hpp"
#include "conformance/judge/single_values.hpp"
#include "reference/state_in_use.hpp"

namespace plumbline::conformance {
namespace {

constexpr Quadruple unbounded = std::numeric_limits<double>::infinity();

template <class Format>
void widen_all(std::vector<Acceptance>& hulls, std::size_t from,
               const std::vector<Rounded<Format>>& intervals, bool first) {
  for (std::size_t i = 0; i < intervals.size(); ++i) hulls[from + i].widen(intervals[i], first);
}

template <class Format>
class AcceptanceList {
 public:
  AcceptanceList(const Rule& rule, std::span<const double> hyperparameters,
                 std::span<const int> choices, const Shape& shape)
      : rule_(rule), size_(element_count(shape)) {
    for (std::size_t i = 0; i < rule.state.size(); ++i) {
      in_use_.push_back(in_use(rule, rule.state[i], hyperparameters, choices, shape));
    }
  }

  /// False where an element was given up.
  bool add(Reenactment<Format>& reenactment) {
    std::vector<Acceptance> values(size_);
    std::vector<std::vector<Acceptance>> state;
    for (const std::size_t size : reenactment.state_sizes()) state.emplace_back(size);
    for (const Piece<Format>& piece : reenactment.pieces()) {
      if (piece.worlds.empty()) return false;
      for (const World<Format>& world : piece.worlds) {
        const bool first = &world == &piece.worlds.front();
        widen_all(values, piece.first, world.parameter, first);
        for (std::size_t i = 0; i < state.size(); ++i) {
          widen_all(state[i], piece.first, world.state[i], first);
        }
      }
    }
    list_.values.push_back(std::move(values));
    for (std::size_t i = 0; i < state.size(); ++i) {
      if (in_use_[i]) list_.state[std::string(rule_.state[i].name)].push_back(std::move(state[i]));
    }
    return true;
  }

  ParameterAcceptance take() { return std::move(list_); }

 private:
  const Rule& rule_;
  std::size_t size_;  // of the parameter
  std::vector<bool> in_use_;
  ParameterAcceptance list_;
};

template <class Format>
std::optional<ParameterAcceptance> accept_parameter(const Case& test_case, std::size_t index,
                                                    const Candidate& candidate,
                                                    const SubjectFormat& format) {
  const CaseParameter& parameter = test_case.parameters[index];
  const auto hyperparameters =
      held_hyperparameters(test_case.hyperparameters_of(parameter), candidate);
  Reenactment<Format> reenactment(*test_case.rule, hyperparameters, candidate.choices, format,
                                  parameter);
  if (candidate.held == Held::powers_in_binary32) reenactment.hold_powers_in_binary32();
  AcceptanceList<Format> list(*test_case.rule, hyperparameters, candidate.choices, parameter.shape);
  if (!list.add(reenactment)) return std::nullopt;
  for (long step = 1; step <= test_case.steps(); ++step) {
    const auto at = static_cast<std::size_t>(step - 1);
    if (test_case.changes_rate(step)) {
      reenactment.set_learning_rate(
          held_hyperparameters({test_case.learning_rates[at]}, candidate)[0]);
    }
    if (const Gradient& gradient = test_case.gradients[at][index]) {
      reenactment.advance();
      reenactment.step(*gradient);
    }
    if (!list.add(reenactment)) return std::nullopt;
  }
  return list.take();
}

}  // namespace

bool Acceptance::is_finite() const {
  return !may_be_nan && lower > -unbounded && upper < unbounded;
}

bool Acceptance::contains(double value) const {
  return value == value ? lower <= Quadruple(value) && Quadruple(value) <= upper : may_be_nan;
}

std::optional<std::vector<ParameterAcceptance>> acceptances(const Case& test_case,
                                                            const Candidate& candidate,
                                                            const SubjectFormat& format) {
  if (test_case.objective != nullptr) return std::nullopt;
  std::vector<ParameterAcceptance> all;
  for (std::size_t index = 0; index < test_case.parameters.size(); ++index) {
    const SubjectFormat own = test_case.format_of(test_case.parameters[index], format);
    auto one = with_arithmetic(own.arithmetic, [&]<class Format>() {
      return accept_parameter<Format>(test_case, index, candidate, own);
    });
    if (!one) return std::nullopt;
    all.push_back(*std::move(one));
  }
  return all;
}

}  // namespace plumbline::conformance
