// Softmax (multinomial logistic) regression, three classes.
//
//   f(W, b) = sum_n log(sum_k exp(z_nk)) - z_n,y(n),   z_n = W x_n + b
//   p_nk = exp(z_nk)/sum_l exp(z_nl)
//   gradient in z_n: p_n - e_y(n);   Hessian in z_n: diag(p_n) - p_n p_n'
//
// The Hessian does not depend on the labels, and so is the Fisher matrix. It is singular:
// the same added to every class's weights changes nothing.
#include "reference/define_objective.hpp"

namespace plumbline::objectives {
namespace {

constexpr std::size_t examples = 8;
constexpr std::size_t classes = 3;
constexpr std::size_t inputs = 2;
// Two inputs, and 1 for the bias. X'X has the eigenvalues 2, 27/4 and 17.
constexpr DataTable<examples, inputs + 1> features{{{-1, 2, 1},
                                                    {0.5, -1, 1},
                                                    {0.5, -2, 1},
                                                    {-0.5, -0.5, 1},
                                                    {-0.5, 1, 1},
                                                    {0.5, -1.5, 1},
                                                    {1.5, -0.5, 1},
                                                    {0.5, -0.5, 1}}};
constexpr std::array<std::size_t, examples> labels{2, 0, 2, 0, 1, 1, 2, 0};

constexpr std::size_t parameters = classes * (inputs + 1);
constexpr std::size_t class_of(std::size_t parameter) {
  return parameter < classes * inputs ? parameter / inputs : parameter - classes * inputs;
}
constexpr std::size_t feature_of(std::size_t parameter) {
  return parameter < classes * inputs ? parameter % inputs : inputs;
}
constexpr double input_of(std::size_t example, std::size_t parameter) {
  return features[example][feature_of(parameter)];
}

template <class Number>
class Softmax final : public ObjectiveOf<Number> {
 public:
  using typename ObjectiveOf<Number>::Point;
  using typename ObjectiveOf<Number>::Vector;

  Number value(Point point) const override {
    const Matrix<Number> logits = outputs(point);
    return sum_over<Number>(examples, [&](std::size_t n) {
      const Number greatest = greatest_of(logits.row(n));
      const Number total =
          sum_over<Number>(classes, [&](std::size_t k) { return exp(logits.at(n, k) - greatest); });
      return log(total) + (greatest - logits.at(n, labels[n]));
    });
  }

  Vector gradient(Point point) const override {
    const Matrix<Number> slopes = output_gradients(point);
    return vector_of<Number>(parameters, [&](std::size_t p) {
      return sum_over<Number>(examples, [&](std::size_t n) {
        return slopes.at(n, class_of(p)) * Number(input_of(n, p));
      });
    });
  }

  Matrix<Number> hessian(Point point) const override {
    const Matrix<Number> probability = probabilities(outputs(point));
    return symmetric_of<Number>(parameters, [&](std::size_t p, std::size_t q) {
      return sum_over<Number>(examples, [&](std::size_t n) {
        return curvature(probability, n, class_of(p), class_of(q)) *
               Number(input_of(n, p) * input_of(n, q));
      });
    });
  }

  Vector hessian_vector(Point point, Point direction) const override {
    const Matrix<Number> probability = probabilities(outputs(point));
    Matrix<Number> change = outputs(direction);
    for (std::size_t n = 0; n < examples; ++n) {
      const Number mean = sum_over<Number>(
          classes, [&](std::size_t k) { return probability.at(n, k) * change.at(n, k); });
      for (std::size_t k = 0; k < classes; ++k) {
        change.at(n, k) = probability.at(n, k) * (change.at(n, k) - mean);
      }
    }
    return vector_of<Number>(parameters, [&](std::size_t p) {
      return sum_over<Number>(examples, [&](std::size_t n) {
        return change.at(n, class_of(p)) * Number(input_of(n, p));
      });
    });
  }

  std::optional<Matrix<Number>> fisher(Point point) const override { return hessian(point); }

  std::optional<Matrix<Number>> term_gradients(Point point) const override {
    const Matrix<Number> slopes = output_gradients(point);
    return matrix_of<Number>(examples, parameters, [&](std::size_t n, std::size_t p) {
      return slopes.at(n, class_of(p)) * Number(input_of(n, p));
    });
  }

  std::optional<std::vector<Layer<Number>>> layers(Point point) const override {
    const Matrix<Number> probability = probabilities(outputs(point));
    Layer<Number> layer{
        .weights = 0,
        .bias = 1,
        .inputs = matrix_of<Number>(
            examples, inputs, [](std::size_t n, std::size_t i) { return Number(features[n][i]); }),
        .output_gradients = output_gradients(point),
        .output_fisher = {}};
    for (std::size_t n = 0; n < examples; ++n) {
      layer.output_fisher.push_back(symmetric_of<Number>(
          classes, [&](std::size_t k, std::size_t l) { return curvature(probability, n, k, l); }));
    }
    return std::vector<Layer<Number>>{std::move(layer)};
  }

 private:
  /// W x_n + b, examples x classes.
  static Matrix<Number> outputs(Point point) {
    return matrix_of<Number>(examples, classes, [&](std::size_t n, std::size_t k) {
      return sum_over<Number>(inputs + 1, [&](std::size_t i) {
        const std::size_t parameter = i < inputs ? k * inputs + i : classes * inputs + k;
        return Number(features[n][i]) * point[parameter];
      });
    });
  }

  static Number greatest_of(std::span<const Number> logits) {
    Number greatest = logits[0];
    for (const Number& logit : logits.subspan(1)) greatest = max(greatest, logit);
    return greatest;
  }

  static Matrix<Number> probabilities(Matrix<Number> logits) {
    for (std::size_t n = 0; n < examples; ++n) {
      const Number greatest = greatest_of(logits.row(n));
      for (std::size_t k = 0; k < classes; ++k) {
        logits.at(n, k) = exp(logits.at(n, k) - greatest);
      }
      const Number total = sum(logits.row(n));
      for (std::size_t k = 0; k < classes; ++k) logits.at(n, k) = logits.at(n, k) / total;
    }
    return logits;
  }

  static Matrix<Number> output_gradients(Point point) {
    Matrix<Number> slopes = probabilities(outputs(point));
    for (std::size_t n = 0; n < examples; ++n) {
      slopes.at(n, labels[n]) = slopes.at(n, labels[n]) - Number(1);
    }
    return slopes;
  }

  /// diag(p) - p p'.
  static Number curvature(const Matrix<Number>& probability, std::size_t n, std::size_t k,
                          std::size_t l) {
    const Number& own = probability.at(n, k);
    return k == l ? own * (Number(1) - own) : -(own * probability.at(n, l));
  }
};

}  // namespace

Objective softmax() {
  return {.name = "softmax",
          .title = "Softmax regression, three classes",
          .formula = "sum_n log(sum_k exp(z_nk)) - z_n,y(n), z_n = W x_n + b",
          .source = "Bishop 2006, Pattern Recognition and Machine Learning, section 4.3.4",
          .parameters = {{"W", {3, 2}}, {"b", {3}}},
          .start = {0.5, -0.25, -1, 0.75, 0.125, 1, 0.25, -0.5, 0.375},
          .smoothness = {{{17, 2},
                          true,
                          "half of X'X's greatest eigenvalue: Boehning 1992, Ann. Inst. Statist. "
                          "Math. 44(1); approached where one class's bias tends to -infinity"}},
          .notes =
              "8 examples; not separable, so that there are minimizers: a point plus the same "
              "for every class",
          .bindings = objective_bindings<Softmax>()};
}

}  // namespace plumbline::objectives
