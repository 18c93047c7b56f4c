// A C++ type in this process as the subject: what it answers, and that no bad adapter
// passes or takes the harness down.
#include "conformance/subject/in_process.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>

#include "conformance/checks/check.hpp"
#include "conformance/subject/protocol_server.hpp"
#include "example_adapters.hpp"

namespace plumbline::conformance {
namespace {

Finding check(Subject& subject, const std::string& rule, const std::string& format) {
  const auto result = run_task(subject, {Kind::rule, rule, format}, {}, [](const auto&) {});
  return result.value().finding;
}

template <class Adapter>
Finding check_descent() {
  InProcessSubject subject("test", "1");
  subject.add<Adapter>("gradient_descent");
  return check(subject, "gradient_descent", "binary64");
}

CreateRequest small_request() {
  return {.rule = "gradient_descent",
          .format = "binary64",
          .hyperparameters = {{"learning_rate", 0.5}},
          .parameters = {{.name = "w", .shape = {2}, .values = {1, 2}}}};
}

TEST(InProcess, GoodAdaptersConformInTheirFormats) {
  InProcessSubject subject("test", "1");
  subject.add<GoodAdam<float>>("adam").add<GoodAdam<double>>("adam");
  EXPECT_EQ(subject.formats_of("adam"), (std::vector<std::string>{"binary64", "binary32"}));
  for (const std::string format : {"binary32", "binary64"}) {
    const Finding finding = check(subject, "adam", format);
    EXPECT_EQ(finding.verdict, Verdict::conforms) << format;
    EXPECT_EQ(finding.dialect, "paper");
    EXPECT_GT(finding.cases, 40);
    EXPECT_GT(finding.budget_used, 0);
  }
  EXPECT_EQ(check(subject, "adam", "bfloat16").verdict, Verdict::unsupported);
  EXPECT_EQ(check(subject, "momentum", "binary32").verdict, Verdict::unsupported);
}

TEST(InProcess, FifteenLinesConform) {
  const Finding finding = check_descent<Descent>();
  EXPECT_EQ(finding.verdict, Verdict::conforms);
  // No set_learning_rate, no missing gradients, no weight decay: said, not ignored.
  EXPECT_GT(finding.unsupported_cases, 3);
  EXPECT_GT(finding.cases, 20);
}

TEST(InProcess, IsTheSameThroughTheProtocol) {
  InProcessSubject subject("test", "1");
  subject.add<GoodAdam<double>>("adam");
  ProtocolServer server(subject);
  const auto created =
      server.handle("optimizer/create",
                    {{"rule", "adam"},
                     {"format", "binary64"},
                     {"hyperparameters",
                      {{"learning_rate", 0.1}, {"beta1", 0.5}, {"beta2", 0.5}, {"epsilon", 1}}},
                     {"parameters", {{{"name", "w"}, {"shape", {1}}, {"values", {1}}}}}});
  const auto stepped =
      server.handle("optimizer/step", {{"handle", created["handle"]}, {"gradients", {{1}}}});
  EXPECT_EQ(stepped["parameters"][0][0], 0.95);
  std::istringstream requests(
      R"({"jsonrpc": "2.0", "id": 1, "method": "describe", "params": {"protocol": 1}})"
      "\n"
      R"({"jsonrpc": "2.0", "id": 2, "method": "shutdown"})"
      "\n");
  std::ostringstream replies;
  serve(subject, requests, replies);
  EXPECT_NE(replies.str().find(R"("language":"C++")"), std::string::npos);
  EXPECT_NE(replies.str().find(R"("id":2)"), std::string::npos);
}

TEST(InProcess, GoesOnFromACheckpoint) {
  InProcessSubject subject("test", "1");
  subject.add<GoodAdam<double>>("adam");
  CreateRequest request = small_request();
  request.rule = "adam";
  request.hyperparameters.insert(request.hyperparameters.end(),
                                 {{"beta1", 0.9}, {"beta2", 0.99}, {"epsilon", 0.1}});
  request.parameters[0].values = {1, std::numeric_limits<double>::infinity()};
  const StepRequest step{.gradients = {std::vector<double>{0.25, -1}}};
  const auto first = subject.create(request)->handle;
  ASSERT_TRUE(subject.step(first, step).ok());
  // As text and back: an infinity must survive that.
  const auto checkpoint = nlohmann::json::parse(subject.save(first)->dump());
  const auto second = subject.load(checkpoint, request);
  ASSERT_TRUE(second.ok()) << second.ended().message;
  EXPECT_EQ(subject.step(first, step)->parameters, subject.step(second->handle, step)->parameters);
}

// --- bad adapters --------------------------------------------------------------------

struct WrongFormula : Descent {
  using Descent::Descent;
  void step(const std::vector<std::vector<double>>& gradients) {
    Descent::step(gradients);
    Descent::step(gradients);
  }
};

TEST(BadAdapter, WithAWrongFormulaDeviates) {
  const Finding finding = check_descent<WrongFormula>();
  EXPECT_EQ(finding.verdict, Verdict::deviates);
  ASSERT_TRUE(finding.deviation.has_value());
  EXPECT_EQ(finding.deviation->step, 1);
  EXPECT_GT(finding.deviation->radii, 1000);
}

struct AnswersNaN : Descent {
  using Descent::Descent;
  void step(const std::vector<std::vector<double>>&) { values[0].assign(values[0].size(), NAN); }
};

TEST(BadAdapter, ThatAnswersNaNDeviatesInfinitelyFar) {
  const Finding finding = check_descent<AnswersNaN>();
  EXPECT_EQ(finding.verdict, Verdict::deviates);
  ASSERT_TRUE(finding.deviation.has_value());
  EXPECT_TRUE(std::isnan(finding.deviation->value));
  EXPECT_TRUE(std::isinf(finding.deviation->radii));
}

struct LosesAnElement : Descent {
  using Descent::Descent;
  void step(const std::vector<std::vector<double>>& gradients) {
    Descent::step(gradients);
    if (!values[0].empty()) values[0].pop_back();
  }
};

TEST(BadAdapter, WithAWrongCountIsAFault) {
  const Finding finding = check_descent<LosesAnElement>();
  EXPECT_EQ(finding.verdict, Verdict::error);
  EXPECT_EQ(finding.fault, fault_text(Fault::protocol));
  EXPECT_NE(finding.error.find("parameters: [2] values, where [3]"), std::string::npos)
      << finding.error;
}

struct AddsATensor : Descent {
  using Descent::Descent;
  void step(const std::vector<std::vector<double>>&) { values.emplace_back(); }
};

TEST(BadAdapter, WithAnExtraTensorIsAFault) {
  EXPECT_EQ(check_descent<AddsATensor>().verdict, Verdict::error);
}

struct ThrowsInStep : Descent {
  using Descent::Descent;
  void step(const std::vector<std::vector<double>>&) { throw std::runtime_error("out of luck"); }
};
struct ThrowsANumber : Descent {
  using Descent::Descent;
  void step(const std::vector<std::vector<double>>&) { throw 17; }
};
struct ThrowsWhenMade : Descent {
  explicit ThrowsWhenMade(const OptimizerTask& task) : Descent(task) {
    throw std::logic_error("no such device");
  }
};

TEST(BadAdapter, ThatThrowsIsAnErrorOfItsOwn) {
  const Finding in_step = check_descent<ThrowsInStep>();
  EXPECT_EQ(in_step.verdict, Verdict::error);
  EXPECT_NE(in_step.error.find("out of luck"), std::string::npos);
  const Finding number = check_descent<ThrowsANumber>();
  EXPECT_EQ(number.verdict, Verdict::error);
  EXPECT_NE(number.error.find("no std::exception"), std::string::npos);
  const Finding when_made = check_descent<ThrowsWhenMade>();
  EXPECT_EQ(when_made.verdict, Verdict::error);
  EXPECT_NE(when_made.error.find("no such device"), std::string::npos);
}

struct DeclinesAll : Descent {
  explicit DeclinesAll(const OptimizerTask& task) : Descent(task) { refused("not today"); }
};

TEST(BadAdapter, ThatDeclinesEverythingIsUnsupportedAndSaysSo) {
  const Finding finding = check_descent<DeclinesAll>();
  EXPECT_EQ(finding.verdict, Verdict::unsupported);
  EXPECT_EQ(finding.unsupported_reason, "not today");
}

/// Reads each parameter's own hyperparameters, but not all of them.
struct IgnoresWeightDecay : Descent {
  explicit IgnoresWeightDecay(const OptimizerTask& task) : Descent(task) {}
};
/// Asks for weight decay, and does nothing with it.
struct TakesWeightDecayInVain : Descent {
  explicit TakesWeightDecayInVain(const OptimizerTask& task) : Descent(task) {
    task.hyperparameters().number("weight_decay", 0);
  }
};

TEST(BadAdapter, ThatDoesNotAskForAHyperparameterIsUnsupportedInThatCase) {
  InProcessSubject subject("test", "1");
  subject.add<IgnoresWeightDecay>("gradient_descent");
  CreateRequest request = small_request();
  EXPECT_TRUE(subject.create(request).ok());
  request.hyperparameters.push_back({"weight_decay", 0.1});
  const auto created = subject.create(request);
  EXPECT_EQ(created.ended().outcome, Outcome::unsupported);
  EXPECT_EQ(created.ended().message, "hyperparameter without a place: weight_decay");
}

TEST(BadAdapter, ThatIgnoresAHyperparameterItAskedForDeviates) {
  EXPECT_EQ(check_descent<TakesWeightDecayInVain>().verdict, Verdict::deviates);
}

struct WrongState : Descent {
  using Descent::Descent;
  std::map<std::string, std::vector<std::optional<std::vector<double>>>> state() const {
    return {{"velocity", {std::vector<double>{1, 2, 3, 4}}}};
  }
};
struct LooksAheadInWrongShape : Descent {
  using Descent::Descent;
  std::vector<std::vector<double>> evaluate_at() const { return {}; }
};

TEST(BadAdapter, WithOtherWrongShapesIsAFault) {
  EXPECT_EQ(check_descent<WrongState>().verdict, Verdict::error);
  EXPECT_EQ(check_descent<LooksAheadInWrongShape>().verdict, Verdict::error);
}

struct ClaimsFalsely : Descent {
  using Descent::Descent;
  static constexpr std::string_view rule = "gradient_descent";
  static constexpr std::string_view dialect = "sideways";
};

TEST(BadAdapter, ThatClaimsAnUnknownDialectIsNoted) {
  InProcessSubject subject("test", "1");
  subject.add<ClaimsFalsely>();
  EXPECT_EQ(subject.describe().claims["gradient_descent"]["dialect"], "sideways");
  const Finding finding = check(subject, "gradient_descent", "binary64");
  ASSERT_EQ(finding.notes.size(), 1u);
  EXPECT_NE(finding.notes[0].find("sideways"), std::string::npos);
}

// --- the task -------------------------------------------------------------------------

TEST(OptimizerTask, GroupsAndFormatsThatDifferAreNotAveraged) {
  CreateRequest request = small_request();
  request.parameters.push_back({.name = "b", .shape = {}, .values = {0}, .group = 0});
  request.groups = {{{"learning_rate", 0.25}}};
  const OptimizerTask grouped(request);
  EXPECT_THROW(grouped.hyperparameters(), SubjectDeclined);
  EXPECT_EQ(grouped.parameters()[0].hyperparameters->number("learning_rate"), 0.5);
  EXPECT_EQ(grouped.parameters()[1].hyperparameters->number("learning_rate"), 0.25);
  EXPECT_NO_THROW(grouped.check_all_asked());
  request.parameters[1].format = "binary32";
  EXPECT_THROW(OptimizerTask(request).format(), SubjectDeclined);
}

TEST(OptimizerTask, NumbersOfTheWrongKindHaveNoPlace) {
  const Hyperparameters given({{"centered", 0.5}, {"period", 3}});
  EXPECT_THROW(given.flag("centered"), SubjectDeclined);
  EXPECT_THROW(given.count("centered"), SubjectDeclined);
  EXPECT_EQ(given.count("period"), 3);
  EXPECT_THROW(given.number("learning_rate"), SubjectDeclined);
  EXPECT_EQ(given.number("momentum", 0), 0);
}

TEST(InProcessSubject, NamesThatTheCatalogueLacksAreAMistakeOfTheCaller) {
  InProcessSubject subject("test", "1");
  EXPECT_THROW(subject.add<Descent>("gradient_decent"), std::invalid_argument);
  subject.add<Descent>("gradient_descent");
  EXPECT_THROW(subject.add<Descent>("gradient_descent"), std::invalid_argument);
  EXPECT_THROW(InProcessSubject("", "1"), std::invalid_argument);
}

// --- schedules, clippings, minimizers ---------------------------------------------------

struct Constant {
  explicit Constant(const ScheduleTask& task)
      : rate(task.hyperparameters.number("learning_rate")) {}
  double value_at(long) const { return rate; }
  double rate;
};
/// Right when asked in order from 0, and only then.
struct Counts : Constant {
  using Constant::Constant;
  double value_at(long step) { return asked++ == step ? rate : 0; }
  long asked = 0;
};

TEST(InProcess, ServesSchedules) {
  InProcessSubject good("test", "1");
  good.add_schedule<Constant>("constant");
  const Task task{Kind::schedule, "constant", ""};
  const auto silent = [](const auto&) {};
  EXPECT_EQ(run_task(good, task, {}, silent)->finding.verdict, Verdict::conforms);
  InProcessSubject bad("test", "1");
  bad.add_schedule<Counts>("constant");
  EXPECT_EQ(bad.schedule_values({.schedule = "constant",
                                 .hyperparameters = {{"learning_rate", 1}},
                                 .steps = {0, 5, 9},
                                 .access = Access::sequential})
                .
                operator*(),
            (std::vector<double>{1, 1, 1}));
  EXPECT_EQ(run_task(bad, task, {}, silent)->finding.verdict, Verdict::deviates);
}

template <class Number>
struct GlobalNorm {
  using Value = Number;
  explicit GlobalNorm(const ClippingTask& task)
      : limit(static_cast<Number>(task.hyperparameters.number("max_norm"))) {}
  Number clip(std::vector<std::vector<Number>>& gradients) const {
    Number squares = 0;
    for (const auto& gradient : gradients) {
      for (const Number value : gradient) squares += value * value;
    }
    const Number norm = std::sqrt(squares);
    if (norm > limit) {
      for (auto& gradient : gradients) {
        for (Number& value : gradient) value *= limit / norm;
      }
    }
    return norm;
  }
  Number limit;
};

TEST(InProcess, ServesClippings) {
  InProcessSubject subject("test", "1");
  subject.add_clipping<GlobalNorm<double>>("global_norm");
  const auto clipped = subject.clip({.clipping = "global_norm",
                                     .format = "binary64",
                                     .hyperparameters = {{"max_norm", 2.5}},
                                     .shapes = {{1}, {1}},
                                     .gradients = {{3}, {4}}});
  ASSERT_TRUE(clipped.ok()) << clipped.ended().message;
  EXPECT_EQ(clipped->gradients, (Tensors{{1.5}, {2}}));
  EXPECT_EQ(clipped->norm, 5);
  EXPECT_EQ(subject
                .clip({.clipping = "global_norm",
                       .format = "binary32",
                       .hyperparameters = {},
                       .shapes = {},
                       .gradients = {}})
                .ended()
                .message,
            "format binary32");
}

struct DescendingLoop : Descent {
  using Descent::Descent;
  std::vector<std::vector<double>> minimize(long steps, const Objective& objective) {
    for (long step = 0; step < steps; ++step) this->step(objective(values).gradients);
    return values;
  }
};
struct AsksInWrongShape : Descent {
  using Descent::Descent;
  std::vector<std::vector<double>> minimize(long, const Objective& objective) {
    objective({{1, 2, 3}});
    return values;
  }
};

struct ShowsItsState : DescendingLoop {
  using DescendingLoop::DescendingLoop;
  std::map<std::string, std::vector<std::vector<double>>> state() const {
    return {{"half", {{0.5, values[0][1] + 1, 2}}}};
  }
};
struct ShowsTwoRows : DescendingLoop {
  using DescendingLoop::DescendingLoop;
  std::map<std::string, std::vector<std::vector<double>>> state() const {
    return {{"twice", {{1}, {2}}}};
  }
};

TEST(InProcess, ServesMinimizers) {
  InProcessSubject subject("test", "1");
  subject.add_minimizer<DescendingLoop>("gradient_descent")
      .add_minimizer<AsksInWrongShape>("odd")
      .add_minimizer<ShowsItsState>("shown")
      .add_minimizer<ShowsTwoRows>("twice");
  const Objective square = [](const Tensors& at) {
    return Evaluation{at[0][0] * at[0][0] + at[0][1] * at[0][1], {{2 * at[0][0], 2 * at[0][1]}}};
  };
  CreateRequest request = small_request();
  const auto silent = subject.minimize(request, 1, square);
  EXPECT_EQ(silent->parameters, (Tensors{{0, 0}}));
  EXPECT_FALSE(silent->state.has_value());
  request.rule = "shown";
  EXPECT_EQ(subject.minimize(request, 1, square)->state,
            (StateRecord{{"half", {std::vector{0.5, 1.0, 2.0}}}}));
  request.rule = "twice";
  EXPECT_EQ(subject.minimize(request, 1, square).ended().outcome, Outcome::fault);
  request.rule = "odd";
  const auto asked = subject.minimize(request, 1, square);
  EXPECT_EQ(asked.ended().outcome, Outcome::fault);
  EXPECT_NE(asked.ended().message.find("objective's argument"), std::string::npos);
  request.rule = "unheard_of";
  EXPECT_EQ(subject.minimize(request, 1, square).ended().outcome, Outcome::unsupported);
}

}  // namespace
}  // namespace plumbline::conformance
