#include "conformance/builtin/held_parameter.hpp"

#include "conformance/builtin/bound_rule.hpp"

namespace plumbline::conformance {
namespace {

template <class Format>
class HeldInFormat final : public HeldParameter {
 public:
  using Number = Plain<Format>;

  HeldInFormat(const Rule& rule, const ParameterSetting& setting,
               std::span<const double> hyperparameters, std::span<const int> choices,
               const Mutant* mutant)
      : update_(bound_rule<Number>(rule, hyperparameters, choices, mutant)),
        storage_(setting.format.storage),
        mutant_(mutant),
        learning_rate_(hyperparameters[0]),
        values_(setting.initial.begin(), setting.initial.end()),
        shared_(update_->start_shared(setting.shape)),
        tensors_(update_->start_state(values_, shared_)) {
    for (auto& tensor : tensors_) {
      for (Number& value : tensor) {
        value = Number(setting.format.arithmetic.round(value.value()));
      }
    }
  }

  void set_learning_rate(double rate) override {
    update_->set_learning_rate(rate);
    learning_rate_ = rate;
  }
  double learning_rate() const override { return learning_rate_; }

  void advance() override { update_->advance(shared_); }

  void apply(const std::vector<double>& gradient) override {
    const std::vector<Number> exact(gradient.begin(), gradient.end());
    update_->apply(values_, exact, tensors_, distorted());
    for (Number& value : values_) value = Number(storage_.round(value.value()));
  }

  std::vector<double> values() const override { return plain(values_); }
  std::vector<double> state(std::size_t tensor) const override { return plain(tensors_[tensor]); }

  std::optional<std::vector<double>> look_ahead() const override {
    const auto points = update_->look_ahead(values_, tensors_, shared_);
    if (!points) return std::nullopt;
    std::vector<double> result = plain(*points);
    for (double& value : result) value = storage_.round(value);
    return result;
  }

  void restore(const std::vector<double>& values, const std::vector<std::vector<double>>& state,
               long steps) override {
    values_.assign(values.begin(), values.end());
    for (std::size_t i = 0; i < state.size(); ++i) {
      tensors_[i].assign(state[i].begin(), state[i].end());
    }
    if (steps == shared_.step) return;
    shared_ = update_->start_shared(shared_.shape);
    while (shared_.step < steps) update_->advance(shared_);
  }

  long steps() const override { return shared_.step; }

  std::vector<double> scalars() const override {
    std::vector<double> values;
    for (const auto& scalar : shared_.scalars) values.push_back(scalar.value());
    return values;
  }
  void set_scalars(const std::vector<double>& scalars) override {
    shared_.scalars.assign(scalars.begin(), scalars.end());
  }

 private:
  std::unique_ptr<Update<Number>> update_;
  FormatDescription storage_;
  const Mutant* mutant_;
  double learning_rate_;
  std::vector<Number> values_;
  SharedState<Number> shared_;
  StateTensors<Number> tensors_;

  static std::vector<double> plain(const std::vector<Number>& numbers) {
    std::vector<double> values;
    for (const Number& number : numbers) values.push_back(number.value());
    return values;
  }

  /// The shared scalars as a mutant sees them.
  SharedState<Number> distorted() const {
    SharedState<Number> shared = shared_;
    if (mutant_ == nullptr) return shared;
    SharedState<Number> other = update_->start_shared(shared_.shape);
    long wanted = shared.step;
    switch (mutant_->slip) {
      case Slip::scalar_missing:
        shared.scalars[mutant_->target] = 0;
        return shared;
      case Slip::scalar_in_bfloat16:
        shared.scalars[mutant_->target] =
            BFloat16::description.round(shared.scalars[mutant_->target].value());
        return shared;
      case Slip::scalar_ahead:
        wanted = shared.step + 1;
        break;
      case Slip::scalar_behind:
        wanted = shared.step - 1;
        break;
      case Slip::scalar_frozen:
        wanted = 1;
        break;
      default:
        return shared;
    }
    while (other.step < wanted) update_->advance(other);
    shared.scalars[mutant_->target] = other.scalars[mutant_->target];
    return shared;
  }
};

}  // namespace

std::unique_ptr<HeldParameter> hold(const Rule& rule, const ParameterSetting& setting,
                                    std::span<const double> hyperparameters,
                                    std::span<const int> choices, const Mutant* mutant) {
  return with_arithmetic(setting.format.arithmetic,
                         [&]<class Format>() -> std::unique_ptr<HeldParameter> {
                           return std::make_unique<HeldInFormat<Format>>(
                               rule, setting, hyperparameters, choices, mutant);
                         });
}

}  // namespace plumbline::conformance
