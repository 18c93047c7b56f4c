// Bit for bit: an optimizer is a function of what it is fed, and can be put aside.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "conformance/judge/acceptance.hpp"
#include "conformance/properties/direct_properties.hpp"
#include "conformance/subject/recording.hpp"
#include "reference/numbers/decimal_text.hpp"

namespace plumbline::conformance {
namespace {

using Kind = Observation::Kind;

bool same_bits(double one, double other) {
  return std::bit_cast<std::uint64_t>(one) == std::bit_cast<std::uint64_t>(other) ||
         (std::isnan(one) && std::isnan(other));
}

/// The first state tensor that is not the same in both, bit for bit; empty where all are.
std::string changed_state(const StateRecord& before, const StateRecord& after) {
  const auto same = [](const std::optional<std::vector<double>>& one,
                       const std::optional<std::vector<double>>& other) {
    if (!one || !other) return one.has_value() == other.has_value();
    return std::ranges::equal(*one, *other, same_bits);
  };
  for (const auto& [name, tensors] : before) {
    const auto found = after.find(name);
    if (found == after.end() || !std::ranges::equal(tensors, found->second, same)) return name;
  }
  return {};
}

/// The first value in which two paths differ, in words; empty where there is none.
std::string difference(const Case& test_case, const std::vector<Tensors>& one,
                       const std::vector<Tensors>& other, std::string_view what) {
  for (std::size_t step = 0; step < one.size(); ++step) {
    for (std::size_t index = 0; index < one[step].size(); ++index) {
      for (std::size_t e = 0; e < one[step][index].size(); ++e) {
        const double left = one[step][index][e];
        const double right = other[step][index][e];
        if (same_bits(left, right)) continue;
        return fmt::format("step {}, {}[{}]: {} {}, and {} without", step + 1,
                           test_case.parameters[index].name, e, shortest_decimal(right), what,
                           shortest_decimal(left));
      }
    }
  }
  return {};
}

/// An optimizer of the subject's that is stepped through a case, and where it ended.
class Walk {
 public:
  Walk(const PropertyScope& scope, const Case& test_case)
      : subject_(scope.subject),
        case_(test_case),
        request_(create_request(test_case, scope.format)) {
    subject_.describe();
    take(subject_.create(request_));
  }

  bool going() const { return ended.outcome == Outcome::ran; }
  Ended ended;
  std::vector<Tensors> path;

  void step() {
    if (!going()) return;
    auto stepped = subject_.step(handle_, step_request(case_, static_cast<long>(path.size()) + 1));
    ended = stepped.ended();
    if (stepped.ok()) path.push_back(std::move(stepped->parameters));
  }
  bool at_end() const { return static_cast<long>(path.size()) == case_.steps(); }

  /// Saves, closes, and goes on from what was saved. Gives the name of a state tensor that
  /// is not what it was, where the subject shows its state; else nothing.
  std::string save_and_load() {
    if (!going()) return {};
    const auto before = subject_.state(handle_);
    const auto saved = subject_.save(handle_);
    ended = saved.ended();
    if (!saved.ok()) return {};
    close();
    if (!going()) return {};
    take(subject_.load(*saved, request_));
    if (!going() || !before.ok()) return {};
    const auto after = subject_.state(handle_);
    return after.ok() ? changed_state(*before, *after) : std::string();
  }
  void close() {
    if (going()) ended = subject_.close(handle_);
  }

 private:
  Subject& subject_;
  const Case& case_;
  CreateRequest request_;
  OptimizerHandle handle_ = 0;

  void take(const Answer<CreatedOptimizer>& created) {
    ended = created.ended();
    if (created.ok()) handle_ = created->handle;
  }
};

/// True where the path is one that a correct implementation may take.
bool within_rounding(const PropertyScope& scope, const Case& test_case,
                     const std::vector<Tensors>& path) {
  const auto accepted = acceptances(test_case, scope.candidate, scope.format);
  if (!accepted) return false;
  for (std::size_t step = 0; step < path.size(); ++step) {
    for (std::size_t index = 0; index < path[step].size(); ++index) {
      for (std::size_t e = 0; e < path[step][index].size(); ++e) {
        if (!(*accepted)[index].values[step + 1][e].contains(path[step][index][e])) return false;
      }
    }
  }
  return true;
}

class BitProperty : public Property {
 public:
  using Property::Property;
  CaseNeeds needs() const override {
    return {.least_steps = 2,
            .missing_gradients = true,
            .rate_changes = true,
            .groups = true,
            .matrices = true};
  }
  Prediction prediction(const Rule&, const Dialect&) const override { return Prediction::holds; }
};

class SameInputSameBits final : public BitProperty {
 public:
  using BitProperty::BitProperty;

  // Alone, then twice side by side: the second walk must not hear of the first.
  Observation observe(const PropertyScope& scope, const Case& test_case,
                      Prediction) const override {
    if (!test_case.fits(scope.format)) return {Kind::not_applicable, "does not fit the format"};
    Walk alone(scope, test_case);
    while (alone.going() && !alone.at_end()) alone.step();
    alone.close();
    if (!alone.going()) return observation_of(alone.ended);
    Walk one(scope, test_case);
    Walk other(scope, test_case);
    while (one.going() && other.going() && !one.at_end()) {
      one.step();
      other.step();
    }
    one.close();
    other.close();
    if (!one.going()) return observation_of(one.ended);
    if (!other.going()) return observation_of(other.ended);
    for (const Walk* walk : {&one, &other}) {
      const std::string message =
          difference(test_case, alone.path, walk->path, "beside a second optimizer");
      if (!message.empty()) return {Kind::otherwise, message};
    }
    scope.subject.case_ended_well();
    return {};
  }
};

class SaveAndLoad final : public BitProperty {
 public:
  using BitProperty::BitProperty;
  /// More of them: a lost learning rate shows only where it was changed, and not again.
  int examples(int asked) const override { return 3 * asked; }
  CaseNeeds needs() const override {
    CaseNeeds needs = BitProperty::needs();
    needs.always_changes_rate = true;  // or a forgotten rate is no loss
    return needs;
  }

  // Put aside after every single step: whatever is forgotten shows.
  Observation observe(const PropertyScope& scope, const Case& test_case,
                      Prediction) const override {
    if (!test_case.fits(scope.format)) return {Kind::not_applicable, "does not fit the format"};
    Walk through(scope, test_case);
    while (through.going() && !through.at_end()) through.step();
    through.close();
    if (!through.going()) return observation_of(through.ended);
    Walk stopped(scope, test_case);
    while (stopped.going() && !stopped.at_end()) {
      const std::string changed = stopped.save_and_load();
      if (!changed.empty()) {
        return {Kind::otherwise, fmt::format("before step {}, after saving and loading: {} is not "
                                             "what it was",
                                             stopped.path.size() + 1, changed)};
      }
      stopped.step();
    }
    stopped.close();
    if (!stopped.going()) return observation_of(stopped.ended);
    scope.subject.case_ended_well();
    const std::string message =
        difference(test_case, through.path, stopped.path, "saved and loaded before each step");
    if (message.empty()) return {};
    // Recomputing what was a running product is right too, though not to the last bit.
    const bool by_rounding = within_rounding(scope, test_case, stopped.path);
    return {by_rounding ? Kind::as_expected : Kind::otherwise,
            by_rounding ? "equal to rounding, not to the bit: " + message : message};
  }
};

}  // namespace

std::unique_ptr<Property> same_input_same_bits() {
  return std::make_unique<SameInputSameBits>(
      "same-input-same-bits",
      "two optimizers with the same input give the same bits, side by side");
}

std::unique_ptr<Property> save_and_load() {
  return std::make_unique<SaveAndLoad>("save-and-load",
                                       "saved and loaded it goes on as if never stopped");
}

}  // namespace plumbline::conformance
