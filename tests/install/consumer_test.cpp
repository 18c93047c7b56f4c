// What a user writes: the optimizer, its adapter, and one line.
#include <vector>

#include "conformance/googletest.hpp"

class Descent {
 public:
  explicit Descent(double rate) : rate_(static_cast<float>(rate)) {}
  void step(std::vector<float>& x, const std::vector<float>& gradient) const {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] -= rate_ * gradient[i];
  }

 private:
  float rate_;
};

struct DescentAdapter {
  using Value = float;

  explicit DescentAdapter(const plumbline::conformance::OptimizerTask& task)
      : values(task.start<float>()), optimizer(task.hyperparameters().number("learning_rate")) {}

  void step(const std::vector<std::vector<float>>& gradients) {
    for (std::size_t i = 0; i < values.size(); ++i) optimizer.step(values[i], gradients[i]);
  }
  const std::vector<std::vector<float>>& parameters() const { return values; }

  std::vector<std::vector<float>> values;
  Descent optimizer;
};

PLUMBLINE_CHECK_OPTIMIZER("gradient_descent", DescentAdapter);

// The same, spoiled: its tests must fail, which the caller of this program looks at.
struct Backwards : DescentAdapter {
  using DescentAdapter::DescentAdapter;
  void step(std::vector<std::vector<float>> gradients) {
    for (auto& gradient : gradients) {
      for (float& value : gradient) value = -value;
    }
    DescentAdapter::step(gradients);
  }
};

PLUMBLINE_CHECK_OPTIMIZER("gradient_descent", Backwards);
