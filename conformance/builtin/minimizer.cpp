#include "conformance/builtin/minimizer.hpp"

#include <algorithm>
#include <optional>

#include "conformance/builtin/bound_rule.hpp"
#include "conformance/builtin/distortions.hpp"
#include "conformance/builtin/faulty_objective.hpp"
#include "conformance/subject/flat_values.hpp"

namespace plumbline::conformance {
namespace {

template <class Number>
std::vector<Number> as_numbers(std::span<const double> values) {
  return {values.begin(), values.end()};
}

template <class Number>
std::vector<double> as_doubles(std::span<const Number> values) {
  std::vector<double> result;
  for (const Number& value : values) result.push_back(value.value());
  return result;
}

/// The objective as the rule's text wants it, asked over there.
template <class Number>
class AskedAway final : public ObjectiveOf<Number> {
 public:
  using typename ObjectiveOf<Number>::Point;
  using typename ObjectiveOf<Number>::Vector;

  AskedAway(const Objective& objective, const CreateRequest& request)
      : objective_(objective), lengths_(request.lengths()) {
    for (const ParameterRequest& parameter : request.parameters) {
      shapes_.push_back(parameter.shape);
    }
  }

  Number value(Point point) const override { return Number(ask(point, {}).value); }
  Vector gradient(Point point) const override {
    return as_numbers<Number>(flat(ask(point, {}).gradients));
  }
  Matrix<Number> hessian(Point point) const override { return matrix(point, "hessian"); }
  Vector hessian_vector(Point point, Point direction) const override {
    return image_of(matrix(point, "hessian"), direction);
  }
  std::optional<Matrix<Number>> fisher(Point point) const override {
    return matrix(point, "fisher");
  }
  std::optional<Vector> residuals(Point point) const override {
    return matrix(point, "residuals").entries;
  }
  std::optional<Matrix<Number>> jacobian(Point point) const override {
    return matrix(point, "jacobian");
  }
  /// The parameters are weights [outputs, inputs] and a bias, of one layer after the other.
  std::optional<std::vector<Layer<Number>>> layers(Point point) const override {
    const Matrix<Number> inputs = matrix(point, "layer_inputs");
    const Matrix<Number> gradients = matrix(point, "layer_output_gradients");
    std::vector<Layer<Number>> layers;
    std::size_t input = 0;
    std::size_t output = 0;
    for (std::size_t weights = 0; weights + 1 < shapes_.size(); weights += 2) {
      const auto output_size = static_cast<std::size_t>(shapes_[weights].at(0));
      const auto input_size = static_cast<std::size_t>(shapes_[weights].at(1));
      layers.push_back({.weights = weights,
                        .bias = weights + 1,
                        .inputs = columns_of(inputs, input, input_size),
                        .output_gradients = columns_of(gradients, output, output_size),
                        .output_fisher = {}});
      input += input_size;
      output += output_size;
    }
    return layers;
  }

 private:
  const Objective& objective_;
  std::vector<std::size_t> lengths_;
  std::vector<std::vector<long>> shapes_;

  Evaluation ask(Point point, const Objective::Wants& want) const {
    return objective_(as_tensors(as_doubles<Number>(point), lengths_), want);
  }

  Matrix<Number> matrix(Point point, const std::string& name) const {
    return matrix_of<Number>(ask(point, {name}).wanted.at(name));
  }
};

/// The loop, with a mutant's fault in it where that is one of the loop's.
template <class Format>
class Minimizer {
 public:
  using Number = Plain<Format>;

  Minimizer(const Rule& rule, std::span<const double> hyperparameters, std::span<const int> choices,
            const FormatDescription& storage, const CreateRequest& request, const Mutant* mutant)
      : update_(bound_rule<Number>(rule, hyperparameters, choices, mutant)),
        storage_(lower_precision(mutant) ? narrower(storage) : storage),
        request_(request),
        mutant_(mutant) {
    std::vector<Shape> shapes;
    for (const ParameterRequest& parameter : request.parameters) {
      shapes.push_back(parameter.shape);
      point_.insert(point_.end(), parameter.values.begin(), parameter.values.end());
    }
    shared_ = update_->start_shared({static_cast<long>(point_.size())});
    shared_.layers = layers_of(shapes);
    state_ = start_ = before_ = update_->start_state(point_, shared_);
  }

  void run(const ObjectiveOf<Number>& objective, long steps) {
    if (slips(Slip::last_step_left_out) && steps > 0) --steps;
    if (slips(Slip::one_step_more)) ++steps;
    for (long number = 1; number <= steps; ++number) step(objective, number);
  }

  std::vector<double> point() const { return as_doubles<Number>(point_); }
  /// By [tensor][element].
  const StateTensors<Number>& state() const { return state_; }

 private:
  std::unique_ptr<Update<Number>> update_;
  FormatDescription storage_;
  const CreateRequest& request_;
  const Mutant* mutant_;
  std::vector<Number> point_;
  SharedState<Number> shared_;
  StateTensors<Number> state_, start_, before_;

  static bool lower_precision(const Mutant* mutant) {
    return mutant != nullptr && mutant->slip == Slip::parameter_in_lower_precision;
  }
  bool slips(Slip slip) const { return mutant_ != nullptr && mutant_->slip == slip; }

  void step(const ObjectiveOf<Number>& objective, long number) {
    StateTensors<Number> after_last = state_;
    if (slips(Slip::state_not_carried)) state_[mutant_->target] = start_[mutant_->target];
    if (slips(Slip::state_stale)) state_[mutant_->target] = before_[mutant_->target];
    before_ = std::move(after_last);
    std::optional<Number> last_element;
    if (slips(Slip::last_element_stays) && !point_.empty()) last_element = point_.back();
    update_->advance(shared_);
    update_->apply_on(&objective, point_, draws(number), state_, shared_);
    if (last_element) point_.back() = *last_element;
    for (Number& value : point_) value = Number(storage_.round(value.value()));
  }

  std::vector<Number> draws(long number) const {
    if (request_.draws.empty()) return {};
    const std::size_t at = slips(Slip::draws_repeated) ? 0 : static_cast<std::size_t>(number - 1);
    auto drawn = as_numbers<Number>(request_.draws[std::min(at, request_.draws.size() - 1)]);
    if (slips(Slip::draws_negated)) {
      for (Number& value : drawn) value = -value;
    }
    return drawn;
  }
};

template <class Format>
MinimizeAnswer minimized(const Rule& rule, std::span<const double> hyperparameters,
                         std::span<const int> choices, const FormatDescription& storage,
                         const CreateRequest& request, long steps, const Objective& objective,
                         const Mutant* mutant) {
  using Number = Plain<Format>;
  const AskedAway<Number> asked(objective, request);
  Minimizer<Format> minimizer(rule, hyperparameters, choices, storage, request, mutant);
  if (mutant == nullptr || mutant->mutation) {
    minimizer.run(asked, steps);
  } else {
    minimizer.run(FaultyObjective<Number>(asked, *mutant), steps);
  }
  MinimizeAnswer answer{as_tensors(minimizer.point(), request.lengths()), StateRecord()};
  for (std::size_t tensor = 0; tensor < rule.state.size(); ++tensor) {
    const StateTensor& described = rule.state[tensor];
    if (!in_use(rule, described, hyperparameters, choices)) continue;
    (*answer.state)[std::string(described.name)] = {as_doubles<Number>(minimizer.state()[tensor])};
  }
  return answer;
}

}  // namespace

MinimizeAnswer minimize_by(const Rule& rule, std::span<const double> hyperparameters,
                           std::span<const int> choices, const SubjectFormat& format,
                           const CreateRequest& request, long steps, const Objective& objective,
                           const Mutant* mutant) {
  return with_arithmetic(format.arithmetic, [&]<class Format>() {
    return minimized<Format>(rule, hyperparameters, choices, format.storage, request, steps,
                             objective, mutant);
  });
}

}  // namespace plumbline::conformance
