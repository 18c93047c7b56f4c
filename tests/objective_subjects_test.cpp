// Subjects that ask an objective: right ones conform however they solve, and those that move
// elsewhere, ask elsewhere or ask for another matrix deviate.
#include <gtest/gtest.h>

#include <Eigen/Dense>

#include "conformance/builtin/built_in_subject.hpp"
#include "conformance/checks/check.hpp"
#include "conformance/subject/flat_values.hpp"
#include "conformance/subject/in_process.hpp"
#include "conformance/subject/protocol_messages.hpp"
#include "judged_subject.hpp"
#include "reference/catalogue.hpp"
#include "spoiled_subject.hpp"

namespace plumbline::conformance {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

VectorXd as_vector(const Tensors& tensors) {
  std::vector<double> values;
  for (const auto& tensor : tensors) values.insert(values.end(), tensor.begin(), tensor.end());
  return Eigen::Map<VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
}
MatrixXd as_matrix(const std::vector<std::vector<double>>& rows) {
  MatrixXd matrix(rows.size(), rows.front().size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t column = 0; column < rows[row].size(); ++column) {
      matrix(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column)) = rows[row][column];
    }
  }
  return matrix;
}

/// Newton's method as `Way` has it.
template <class Way>
struct NewtonSubject {
  using Value = double;
  explicit NewtonSubject(const OptimizerTask& task)
      : parameters(task.start<double>()),
        share(task.hyperparameters().number("learning_rate", 1)),
        damping(task.hyperparameters().number("damping", 0)) {}

  Tensors minimize(long steps, const Objective& objective) {
    VectorXd before = as_vector(parameters);
    for (long step = 0; step < steps; ++step) {
      const VectorXd point = as_vector(parameters);
      const Evaluation here = objective(parameters, {"hessian"});
      const MatrixXd hessian = as_matrix(here.wanted.at("hessian"));
      const MatrixXd identity = MatrixXd::Identity(point.size(), point.size());
      const VectorXd move = Way::move(MatrixXd(hessian + damping * identity),
                                      as_vector(here.gradients), *this, objective, before);
      before = point;
      put(point - share * move);
    }
    return parameters;
  }
  void put(const VectorXd& point) {
    Eigen::Index at = 0;
    for (auto& tensor : parameters) {
      for (double& value : tensor) value = point[at++];
    }
  }
  Tensors parameters;
  double share;
  double damping;
};

struct ByCholesky {
  template <class Subject>
  static VectorXd move(const MatrixXd& matrix, const VectorXd& gradient, Subject&, const Objective&,
                       const VectorXd&) {
    return matrix.ldlt().solve(gradient);
  }
};
struct ByInverse {
  template <class Subject>
  static VectorXd move(const MatrixXd& matrix, const VectorXd& gradient, Subject&, const Objective&,
                       const VectorXd&) {
    return matrix.inverse() * gradient;
  }
};
struct ByRotations {
  template <class Subject>
  static VectorXd move(const MatrixXd& matrix, const VectorXd& gradient, Subject&, const Objective&,
                       const VectorXd&) {
    return matrix.colPivHouseholderQr().solve(gradient);
  }
};
struct FurtherByAMillionth {
  template <class Subject>
  static VectorXd move(const MatrixXd& matrix, const VectorXd& gradient, Subject&, const Objective&,
                       const VectorXd&) {
    return matrix.ldlt().solve(gradient) * (1 + 1e-6);
  }
};
struct ByTheDiagonal {
  template <class Subject>
  static VectorXd move(const MatrixXd& matrix, const VectorXd& gradient, Subject&, const Objective&,
                       const VectorXd&) {
    return gradient.cwiseQuotient(VectorXd(matrix.diagonal()));
  }
};
/// The Hessian is one step old.
struct ByAnOldHessian {
  template <class Subject>
  static VectorXd move(const MatrixXd& matrix, const VectorXd& gradient, Subject& subject,
                       const Objective& objective, const VectorXd& before) {
    Subject old = subject;
    old.put(before);
    const MatrixXd identity = MatrixXd::Identity(before.size(), before.size());
    const MatrixXd stale = as_matrix(objective(old.parameters, {"hessian"}).wanted.at("hessian")) +
                           subject.damping * identity;
    return matrix.size() == 0 ? gradient : VectorXd(stale.ldlt().solve(gradient));
  }
};
/// The gradient is asked for a little beside the point.
struct AskingBeside {
  template <class Subject>
  static VectorXd move(const MatrixXd& matrix, const VectorXd&, Subject& subject,
                       const Objective& objective, const VectorXd&) {
    Tensors beside = subject.parameters;
    beside.front().front() += 1e-4;
    return matrix.ldlt().solve(as_vector(objective(beside).gradients));
  }
};

template <class Adapter>
Finding finding_of(const std::string& rule) {
  InProcessSubject subject("test", "1");
  subject.add_minimizer<Adapter>(rule);
  return run_task(subject, {Kind::rule, rule, "binary64"}, {}, [](const auto&) {}).value().finding;
}

TEST(ObjectiveSubjects, ConformBySeveralWaysToSolve) {
  for (const Finding& finding : {finding_of<NewtonSubject<ByCholesky>>("newton"),
                                 finding_of<NewtonSubject<ByInverse>>("newton"),
                                 finding_of<NewtonSubject<ByRotations>>("newton")}) {
    EXPECT_EQ(finding.verdict, Verdict::conforms);
    EXPECT_EQ(finding.dialect, "fixed");
    EXPECT_GT(finding.cases, 10);
    EXPECT_LT(finding.budget_used, 1);
  }
}

TEST(ObjectiveSubjects, DeviateWhereTheyMoveElsewhereOrAskElsewhere) {
  EXPECT_EQ(finding_of<NewtonSubject<FurtherByAMillionth>>("newton").verdict, Verdict::deviates);
  EXPECT_EQ(finding_of<NewtonSubject<ByTheDiagonal>>("newton").verdict, Verdict::deviates);
  EXPECT_EQ(finding_of<NewtonSubject<ByAnOldHessian>>("newton").verdict, Verdict::deviates);
  EXPECT_EQ(finding_of<NewtonSubject<AskingBeside>>("newton").verdict, Verdict::deviates);
}

// Newton's method is no natural gradient, though on linear least squares they agree.
struct NewtonForTheNaturalGradient : NewtonSubject<ByCholesky> {
  explicit NewtonForTheNaturalGradient(const OptimizerTask& task)
      : NewtonSubject<ByCholesky>(task) {}
};

TEST(ObjectiveSubjects, DeviateWithAnotherMatrix) {
  EXPECT_EQ(finding_of<NewtonForTheNaturalGradient>("natural_gradient").verdict, Verdict::deviates);
  EXPECT_EQ(finding_of<NewtonSubject<ByCholesky>>("gauss_newton").verdict, Verdict::deviates);
}

// ---- Through the protocol -----------------------------------------------------------

TEST(ObjectiveSubjects, TheBuiltInOneConformsThroughTheProtocol) {
  for (const std::string rule : {"newton", "gauss_newton", "levenberg_marquardt",
                                 "natural_gradient", "hessian_free", "kfac"}) {
    CheckOptions options;
    options.rules = {rule};
    options.formats = {"binary64", "binary32"};
    const RunOutcome outcome = check_built_in({}, options);
    ASSERT_EQ(outcome.results.size(), 2U) << rule;
    for (const Result& result : outcome.results) {
      EXPECT_EQ(result.finding.verdict, Verdict::conforms) << rule;
      EXPECT_EQ(result.finding.dialect, find_rule(rule)->dialects.front().name);
    }
  }
}

TEST(ObjectiveSubjects, ASubjectInPythonConforms) {
  const std::vector<std::string> command{
      "/usr/bin/python3", std::string(PLUMBLINE_SOURCE_DIR) + "/tests/subjects/newton.py"};
  ProtocolSubject subject(command, Limits{});
  const auto result = run_task(subject, {Kind::rule, "newton", "binary64"}, {}, [](const auto&) {});
  EXPECT_EQ(result.value().finding.verdict, Verdict::conforms);
  EXPECT_EQ(result.value().finding.dialect, "fixed");
}

// False alarms: the same rules in NumPy, solved in three ways, in both formats.
TEST(ObjectiveSubjects, NumPyConformsInEveryOrderOfOperations) {
  for (const std::string way : {"solve", "eigh", "orthogonal"}) {
    ProtocolSubject subject(
        {"/usr/bin/python3",
         std::string(PLUMBLINE_SOURCE_DIR) + "/tests/subjects/second_order_numpy.py", way},
        Limits{});
    for (const std::string rule : {"newton", "gauss_newton", "levenberg_marquardt",
                                   "natural_gradient", "hessian_free", "kfac"}) {
      for (const std::string format : {"binary64", "binary32"}) {
        const auto result = run_task(subject, {Kind::rule, rule, format}, {}, [](const auto&) {});
        const Finding& finding = result.value().finding;
        EXPECT_EQ(finding.verdict, Verdict::conforms)
            << way << ", " << rule << " in " << format << ": "
            << (finding.deviation ? finding.deviation->test_case : finding.error);
        EXPECT_GT(finding.cases, 5);
      }
    }
  }
}

// ---- State, where it is shown -------------------------------------------------------

Finding finding_with(const std::string& rule, const std::string& format,
                     const std::function<void(MinimizeAnswer&)>& spoil) {
  BuiltInSubject inner;
  SpoiledSubject subject(inner, {.minimize = [&](Subject& right, const CreateRequest& request,
                                                 long steps, const Objective& objective) {
                           Answer<MinimizeAnswer> answer =
                               right.minimize(request, steps, objective);
                           if (answer.ok()) spoil(*answer);
                           return answer;
                         }});
  return run_task(subject, {Kind::rule, rule, format}, {}, [](const auto&) {}).value().finding;
}

TEST(ObjectiveSubjects, AreJudgedByTheStateThatTheyShow) {
  const auto first_of = [](MinimizeAnswer& answer, const char* name) -> double& {
    return answer.state->at(name).front()->front();
  };
  // Seen at the end alone: the next step does not depend on what is shown.
  for (const std::string format : {"binary64", "binary32"}) {
    const Finding finding =
        finding_with("levenberg_marquardt", format,
                     [&](MinimizeAnswer& answer) { first_of(answer, "damping") *= 1.001; });
    EXPECT_EQ(finding.verdict, Verdict::deviates) << format;
    EXPECT_EQ(finding.deviation->quantity, "damping") << format;
    EXPECT_EQ(finding.deviation->step, 1) << format;
  }
  const Finding acquisition =
      finding_with("bayesian_optimization", "binary64",
                   [&](MinimizeAnswer& answer) { first_of(answer, "acquisition") += 1e-6; });
  EXPECT_EQ(acquisition.deviation->quantity, "acquisition");
  EXPECT_EQ(acquisition.deviation->parameter, "point");
}

TEST(ObjectiveSubjects, ShowAllOfATensorOrNothing) {
  const Finding shorter = finding_with(
      "levenberg_marquardt", "binary64",
      [](MinimizeAnswer& answer) { answer.state->at("damping").front()->push_back(0); });
  EXPECT_EQ(shorter.verdict, Verdict::deviates);
  EXPECT_EQ(shorter.deviation->quantity, "number of values in damping");
  const Finding partial = finding_with(
      "lbfgs", "binary64", [](MinimizeAnswer& answer) { answer.state->erase("curvatures"); });
  EXPECT_EQ(partial.verdict, Verdict::conforms);
  const Finding silent =
      finding_with("lbfgs", "binary64", [](MinimizeAnswer& answer) { answer.state.reset(); });
  EXPECT_EQ(silent.verdict, Verdict::conforms);
}

// A library stops at a gradient of 0, and keeps what it had before: that is no deviation.
TEST(ObjectiveSubjects, MayStopWhereTheGradientIsZero) {
  int stops = 0;
  const auto stopping = [&](Subject& inner, const CreateRequest& request, long steps,
                            const Objective& objective) {
    for (long taken = 0; taken < steps; ++taken) {
      auto here = inner.minimize(request, taken, objective);
      const std::vector<double> gradient = flat(objective(here->parameters).gradients);
      if (std::ranges::count(gradient, 0.0) < std::ssize(gradient)) continue;
      ++stops;
      return here;
    }
    return inner.minimize(request, steps, objective);
  };
  BuiltInSubject inner({.dialect = "lbfgs/torch_strong_wolfe"});
  SpoiledSubject subject(inner, {.minimize = stopping});
  CheckOptions options;
  options.dialect = "torch_strong_wolfe";
  const auto result =
      run_task(subject, {Kind::rule, "lbfgs", "binary64"}, options, [](const auto&) {});
  EXPECT_EQ(result.value().finding.verdict, Verdict::conforms);
  EXPECT_GT(stops, 0);
}

// ---- ... and through the protocol ---------------------------------------------------

TEST(ObjectiveSubjects, StateInAnAnswerIsOneListAName) {
  const auto read = [](const char* text) { return read_point_state(nlohmann::json::parse(text)); };
  const StateRecord expected{{"damping", {std::vector{0.5}}}, {"growth", {std::vector{2.0, 4.0}}}};
  EXPECT_EQ(read(R"({"damping": [[0.5]], "growth": [[2, "0x1p2"]]})"), expected);
  for (const char* wrong : {"[]", R"({"damping": 0.5})", R"({"damping": [0.5]})",
                            R"({"damping": [[0.5], [1]]})", R"({"damping": [["much"]]})"}) {
    EXPECT_THROW(read(wrong), WrongAnswer) << wrong;
  }
}

}  // namespace
}  // namespace plumbline::conformance
