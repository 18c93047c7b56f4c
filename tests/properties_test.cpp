// Each property holds where it must, fails on a subject that breaks it, and knows from the
// formula alone for which rules it must not hold.
#include <gtest/gtest.h>

#include <cmath>

#include "conformance/builtin/built_in_subject.hpp"
#include "conformance/checks/check.hpp"
#include "conformance/properties/property.hpp"
#include "reference/catalogue.hpp"
#include "tests/deep_run.hpp"
#include "tests/spoiled_subject.hpp"

namespace plumbline::conformance {
namespace {

PropertyScope scope_of(Subject& subject, std::string_view rule_name, std::string_view dialect_name,
                       std::string_view format) {
  const Rule& rule = *find_rule(rule_name);
  const Dialect& dialect =
      dialect_name.empty() ? rule.dialects.front() : *find_dialect(rule.dialects, dialect_name);
  return {subject, rule, dialect, {dialect.choices}, find_format(format).value()};
}

PropertyFinding try_on(Subject& subject, std::string_view property, std::string_view rule,
                       const PropertyRun& run = {.examples = 40}) {
  return try_property(*find_property(property), scope_of(subject, rule, "", "binary64"), run);
}

/// What a spoiled subject does, and the property that must notice.
struct Spoiling {
  std::string property, rule;
  std::string mutant = {};  ///< of the built-in subject
  Spoil spoil = {};
};

void PrintTo(const Spoiling& spoiling, std::ostream* out) {
  *out << spoiling.property << " on " << spoiling.rule;
}

/// One gradient is taken twice over, in step 1500.
Spoil late_slip() {
  const auto steps = std::make_shared<long>(0);
  return {.create = [steps](CreateRequest&) { *steps = 0; },
          .step =
              [steps](StepRequest& request) {
                if (++*steps != 1500) return;
                for (auto& gradient : request.gradients) {
                  for (double& value : *gradient) value *= 2;
                }
              }};
}

std::vector<Spoiling> spoilings() {
  const auto rate_becomes = [](double (*change)(double)) {
    return Spoil{.create = [change](CreateRequest& request) {
      for (NamedValue& value : request.hyperparameters) {
        if (value.name == "learning_rate") value.value = change(value.value);
      }
    }};
  };
  const auto value_becomes = [](std::string name, double value) {
    return Spoil{.create = [name, value](CreateRequest& request) {
      std::erase_if(request.hyperparameters,
                    [&](const NamedValue& given) { return given.name == name; });
      request.hyperparameters.push_back({name, value});
    }};
  };
  return {
      {"same-input-same-bits", "momentum", "momentum/optimizers-share-state"},
      {"save-and-load", "adam", "", {.forgets_on_load = true}},
      {"parameters-apart", "adam", "adam/step-counted-twice"},
      {"missing-is-no-step", "momentum", "momentum/missing-is-zero"},
      {"permutation", "adagrad", "adagrad/second-tensor-skipped"},
      {"split-tensor", "gradient_descent", "gradient_descent/second-tensor-skipped"},
      {"reshape", "momentum", "momentum/only-first-row"},
      {"group-of-all",
       "adam",
       "",
       {.create =
            [](CreateRequest& request) {
              for (auto& group : request.groups) group.push_back({"learning_rate", 0.3});
            }}},
      {"repeated-rate",
       "rmsprop",
       "",
       {.step =
            [](StepRequest& request) {
              if (request.learning_rate) *request.learning_rate *= 1.01;
            }}},
      {"rate-change-at-once", "momentum", "momentum/rate-change-ignored"},
      {"linear-in-rate", "adam", "", rate_becomes([](double rate) { return rate * rate; })},
      {"zero-rate", "nesterov", "", rate_becomes([](double rate) { return rate + 0.001; })},
      {"zero-gradient", "momentum", "momentum/velocity-starts-higher"},
      {"pure-decay", "gradient_descent", "gradient_descent/decay-times-rate"},
      {"sign-symmetry", "adamw", "adamw/gradient-absolute"},
      {"translation", "momentum", "", value_becomes("weight_decay", 0.25)},
      {"scale-invariance", "adam", "", value_becomes("epsilon", 0.1)},
      {"rotation", "gradient_descent", "gradient_descent/gradient-clipped"},
      {"bias-correction", "adam", "adam/first-moment-correction-ahead"},
      {"constant-gradient-moments", "rmsprop", "rmsprop/rho-complemented"},
      {"impulse-responses", "adam", "adam/first_moment-not-carried"},
      {"unbiasedness", "momentum", "momentum/gradient-absolute"},
      {"step-bound", "adagrad", "", rate_becomes([](double rate) { return 2 * rate; })},
      {"one-step-decrease", "gradient_descent", "gradient_descent/sign"},
      {"clipped-step", "gradient_descent", "global_norm/never-clips"},
      {"non-finite-stays-in-place",
       "adam",
       "",
       {.step =
            [](StepRequest& request) {
              // As a loss scaler does: one bad value, and all are thrown away.
              bool bad = false;
              for (const auto& gradient : request.gradients) {
                for (const double value : *gradient) bad = bad || !std::isfinite(value);
              }
              if (!bad) return;
              for (auto& gradient : request.gradients) gradient->assign(gradient->size(), 0.0);
            }}},
      {"long-run", "adam", "", late_slip()},
      {"million-steps", "adam", "", late_slip()},
  };
}

class Spoilings : public testing::TestWithParam<Spoiling> {};

TEST_P(Spoilings, AreNoticed) {
  const Spoiling& spoiling = GetParam();
  BuiltInSubject inner({.mutant = spoiling.mutant});
  SpoiledSubject subject(inner, spoiling.spoil);
  const PropertyFinding finding = try_on(subject, spoiling.property, spoiling.rule);
  ASSERT_EQ(finding.verdict, PropertyVerdict::fails) << finding.note;
  ASSERT_TRUE(finding.counterexample);
  EXPECT_FALSE(finding.counterexample->message.empty());

  // The counterexample by itself fails again, and an honest subject passes it.
  const PropertyRun again{.input = finding.counterexample->input};
  EXPECT_EQ(try_on(subject, spoiling.property, spoiling.rule, again).verdict,
            PropertyVerdict::fails)
      << finding.counterexample->input;
  BuiltInSubject honest;
  EXPECT_EQ(try_on(honest, spoiling.property, spoiling.rule, again).verdict,
            PropertyVerdict::holds);
}

std::string test_name(const std::string& property) {
  std::string name = property;
  for (char& letter : name) {
    if (letter == '-') letter = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Properties, Spoilings, testing::ValuesIn(spoilings()),
                         [](const auto& spoiling) { return test_name(spoiling.param.property); });

TEST(Properties, EachHasASubjectThatBreaksIt) {
  const auto all = spoilings();
  for (const auto& property : all_properties()) {
    EXPECT_TRUE(std::ranges::any_of(all, [&](const Spoiling& spoiling) {
      return spoiling.property == property->name();
    })) << property->name();
  }
}

// By hand, from the formulas: what each property must say of these rules.
struct Known {
  std::string_view property, rule, dialect;
  Prediction prediction;
};

TEST(Properties, KnowWhereTheyHold) {
  using enum Prediction;
  const Known known[] = {
      // Linear in the gradient: turns with it, is unbiased over batches, not scale-free.
      {"rotation", "gradient_descent", "", holds},
      {"rotation", "momentum", "", holds},
      {"rotation", "nesterov", "shifted", holds},
      {"rotation", "adagrad", "", violated},
      {"rotation", "adam", "", violated},
      {"unbiasedness", "gradient_descent", "", holds},
      {"unbiasedness", "momentum", "rate_inside", holds},
      {"unbiasedness", "rmsprop", "", violated},
      {"unbiasedness", "adamw", "", violated},
      {"scale-invariance", "gradient_descent", "", violated},
      {"scale-invariance", "momentum", "", violated},
      {"scale-invariance", "adagrad", "epsilon_outside_root", holds},
      {"scale-invariance", "rmsprop", "", holds},
      {"scale-invariance", "rmsprop", "epsilon_inside_root_rate_inside_start_one", violated},
      {"scale-invariance", "adam", "paper", holds},
      {"scale-invariance", "adam", "uncorrected", holds},
      // The rate inside the velocity keeps old rates.
      {"rate-change-at-once", "momentum", "rate_outside", holds},
      {"rate-change-at-once", "momentum", "rate_inside", violated},
      {"rate-change-at-once", "adam", "", holds},
      {"rate-change-at-once", "adamw", "decay_without_rate", violated},
      {"linear-in-rate", "adam", "", holds},
      {"linear-in-rate", "adamw", "decay_before", holds},
      {"linear-in-rate", "adamw", "decay_after", violated},
      {"linear-in-rate", "adamw", "decay_without_rate", violated},
      // Decay: (1 - eta lambda)^t where it is decoupled, and in plain gradient descent.
      {"pure-decay", "gradient_descent", "", holds},
      {"pure-decay", "adamw", "decay_before", holds},
      {"pure-decay", "adamw", "decay_after", holds},
      {"pure-decay", "adamw", "decay_without_rate", violated},
      {"pure-decay", "adam", "paper", violated},
      {"pure-decay", "adam", "epsilon_hat_decoupled_decay", holds},
      {"pure-decay", "momentum", "", violated},
      {"zero-rate", "adamw", "decay_before", holds},
      {"zero-rate", "adamw", "decay_without_rate", violated},
      {"zero-gradient", "adam", "", holds},
      {"zero-gradient", "momentum", "", holds},
      {"sign-symmetry", "adam", "", holds},
      {"translation", "rmsprop", "", holds},
      {"split-tensor", "adam", "", holds},
      // Bias correction.
      {"bias-correction", "adam", "paper", holds},
      {"bias-correction", "adam", "epsilon_hat", violated},
      {"bias-correction", "adam", "uncorrected", violated},
      {"bias-correction", "adam", "onnx", violated},
      {"bias-correction", "adamw", "", holds},
      {"bias-correction", "rmsprop", "", says_nothing},
      {"constant-gradient-moments", "adam", "onnx", holds},
      {"constant-gradient-moments", "rmsprop", "", holds},
      {"constant-gradient-moments", "rmsprop", "epsilon_inside_root_rate_inside_start_one",
       violated},
      {"constant-gradient-moments", "momentum", "", says_nothing},
      {"impulse-responses", "adamw", "", holds},
      {"step-bound", "adam", "paper", holds},
      {"step-bound", "adagrad", "", holds},
      {"step-bound", "gradient_descent", "", says_nothing},
      {"one-step-decrease", "gradient_descent", "", holds},
      {"one-step-decrease", "momentum", "rate_outside", holds},
      {"one-step-decrease", "adam", "", says_nothing},
      {"save-and-load", "adam", "", holds},
      // RAdam begins as momentum does: no scale for three steps and more.
      {"scale-invariance", "radam", "", violated},
      {"linear-in-rate", "radam", "above_five_epsilon_hat", holds},
      {"pure-decay", "radam", "above_five_decoupled_decay", holds},
      {"pure-decay", "radam", "above_five_epsilon_hat_late_start", violated},
      {"zero-gradient", "radam", "above_five_epsilon_hat_late_start", holds},
      {"constant-gradient-moments", "radam", "", holds},
      {"bias-correction", "radam", "", violated},
      {"sign-symmetry", "radam", "", holds},
      // Yogi's v is no moving mean; its corrections are not those of one.
      {"constant-gradient-moments", "yogi", "", violated},
      {"bias-correction", "yogi", "corrected_both_started", violated},
      {"long-run", "yogi", "corrected_both_started", says_nothing},
      {"zero-gradient", "yogi", "", holds},
      {"sign-symmetry", "yogi", "", holds},
      {"pure-decay", "yogi", "corrected_both_started_decoupled_decay", holds},
      {"pure-decay", "yogi", "corrected_epsilon_hat_proximal_decay", violated},
      {"linear-in-rate", "yogi", "corrected_epsilon_hat_proximal_decay", violated},
      // AdaBelief's epsilon in the recursion is not scaled with the gradient.
      {"scale-invariance", "adabelief", "", holds},
      {"constant-gradient-moments", "adabelief", "", violated},
      {"sign-symmetry", "adabelief", "rectified_above_four", holds},
      {"pure-decay", "adabelief", "rectified_decoupled_decay", holds},
      {"bias-correction", "adam", "second_moment_corrected", violated},
      // Sign rules see no scale; Rprop's rate is its first step alone.
      {"scale-invariance", "lion", "", holds},
      {"scale-invariance", "signsgd", "", holds},
      {"scale-invariance", "rprop", "", holds},
      {"sign-symmetry", "lion", "", holds},
      {"unbiasedness", "signsgd", "", violated},
      {"rotation", "signsgd", "", violated},
      {"pure-decay", "lion", "decay_before", holds},
      {"pure-decay", "lion", "decay_coupled", violated},
      {"pure-decay", "signsgd", "decoupled_decay", holds},
      {"linear-in-rate", "signsgd", "", holds},
      {"rate-change-at-once", "lion", "", holds},
      {"rate-change-at-once", "rprop", "", violated},
      // Adadelta's D holds updates without the rate; at epsilon = 0 nothing ever moves.
      {"scale-invariance", "adadelta", "", holds},
      {"rate-change-at-once", "adadelta", "", holds},
      {"constant-gradient-moments", "adadelta", "", holds},
      {"impulse-responses", "adadelta", "", holds},
      {"zero-gradient", "adadelta", "", holds},
      {"sign-symmetry", "adadelta", "", holds},
      {"bias-correction", "adadelta", "", says_nothing},
      {"pure-decay", "adadelta", "coupled_decay", violated},
      {"pure-decay", "adadelta", "decoupled_decay", holds},
      // Under a constant gradient AMSGrad's moments only rise, so that it is Adam, whether
      // the maximum is corrected or what it is of.
      {"bias-correction", "amsgrad", "maximum_then_corrected", holds},
      {"bias-correction", "amsgrad", "corrected_then_maximum", holds},
      {"bias-correction", "amsgrad", "maximum_then_corrected_epsilon_hat", violated},
      {"bias-correction", "amsgrad", "uncorrected", violated},
      {"bias-correction", "amsgrad", "first_moment_corrected", violated},
      {"constant-gradient-moments", "amsgrad", "", holds},
      {"constant-gradient-moments", "amsgrad", "uncorrected_epsilon_start", violated},
      {"impulse-responses", "amsgrad", "", holds},
      {"scale-invariance", "amsgrad", "", holds},
      {"pure-decay", "amsgrad", "maximum_then_corrected_decoupled_decay", holds},
      {"pure-decay", "amsgrad", "", violated},
      {"step-bound", "amsgrad", "", holds},
      // AdaMax: u is |g| from the first step on, or |g| + epsilon: the same step.
      {"bias-correction", "adamax", "epsilon_in_maximum", holds},
      {"bias-correction", "adamax", "epsilon_in_divisor", holds},
      {"bias-correction", "adamax", "uncorrected", violated},
      {"constant-gradient-moments", "adamax", "", holds},
      {"scale-invariance", "adamax", "", holds},
      {"linear-in-rate", "adamax", "", holds},
      {"zero-gradient", "adamax", "", holds},
      {"pure-decay", "adamax", "epsilon_in_divisor_decoupled_decay", holds},
      {"step-bound", "adamax", "", says_nothing},
      // NAdam's first step is longer than Adam's: by beta1/(1 + beta1) where beta1 is constant.
      {"bias-correction", "nadam", "schedule", violated},
      {"bias-correction", "nadam", "constant", violated},
      {"step-bound", "nadam", "constant", says_nothing},
      {"constant-gradient-moments", "nadam", "schedule", holds},
      {"constant-gradient-moments", "nadam", "schedule_of_moment_times_beta2", violated},
      {"scale-invariance", "nadam", "schedule", holds},
      {"sign-symmetry", "nadam", "schedule", holds},
      {"pure-decay", "nadam", "schedule_decoupled_decay", holds},
      {"pure-decay", "nadam", "schedule", violated},
      // Averaged SGD pulls towards zero always, and its rate falls with itself.
      {"zero-gradient", "asgd", "", violated},
      {"translation", "asgd", "", violated},
      {"pure-decay", "asgd", "", violated},
      {"rotation", "asgd", "", holds},
      {"unbiasedness", "asgd", "", holds},
      {"zero-rate", "asgd", "", holds},
      {"linear-in-rate", "asgd", "", holds},
      {"sign-symmetry", "asgd", "averaged_at_once", holds},
      {"scale-invariance", "asgd", "", violated},
      {"rate-change-at-once", "asgd", "rate_of_last_step", violated},
      {"rate-change-at-once", "asgd", "averaged_at_once", violated},
      {"constant-gradient-moments", "asgd", "", says_nothing},
  };
  for (const Known& entry : known) {
    const Rule& rule = *find_rule(entry.rule);
    const Dialect* dialect =
        entry.dialect.empty() ? &rule.dialects.front() : find_dialect(rule.dialects, entry.dialect);
    ASSERT_NE(dialect, nullptr) << entry.rule << " " << entry.dialect;
    EXPECT_EQ(find_property(entry.property)->prediction(rule, *dialect), entry.prediction)
        << entry.property << " " << entry.rule << " " << dialect->name;
  }
}

// The negative control: where a relation is false by the formula, a subject in which it
// holds does not follow the formula.
TEST(Properties, FailWhereTheyMustNotHold) {
  BuiltInSubject gradient_descent_instead;
  SpoiledSubject subject(gradient_descent_instead, {.create = [](CreateRequest& request) {
                           request.rule = "gradient_descent";
                           std::erase_if(request.hyperparameters, [](const NamedValue& value) {
                             return value.name != "learning_rate";
                           });
                         }});
  for (const std::string_view property : {"rotation", "unbiasedness"}) {
    const PropertyFinding finding = try_on(subject, property, "adam");
    EXPECT_FALSE(finding.must_hold);
    EXPECT_EQ(finding.verdict, PropertyVerdict::fails) << property;
  }
}

// Every property on every dialect that the built-in subject can follow: on the first of each
// rule in three formats, on the others in one; in a deep run in three too.
TEST(Properties, HoldForEveryDialect) {
  for (const Rule& rule : all_rules()) {
    if (rule.unit == Unit::objective) continue;  // properties put gradients in
    for (const Dialect& dialect : rule.dialects) {
      BuiltInSubject subject({.dialect = std::string(rule.name) + "/" + std::string(dialect.name)});
      const bool is_first = dialect.name == rule.dialects.front().name;
      for (const std::string_view format : {"binary64", "binary32", "bfloat16+binary32"}) {
        if (!is_first && !is_deep_run() && format != "binary32") continue;
        for (const auto& property : all_properties()) {
          if (property->by_name_only()) continue;
          const PropertyFinding finding = try_property(
              *property, scope_of(subject, rule.name, dialect.name, format), {.examples = 8});
          EXPECT_NE(finding.verdict, PropertyVerdict::fails)
              << rule.name << " " << dialect.name << " " << format << " " << finding.name << ": "
              << finding.counterexample->message << "\n"
              << finding.counterexample->input;
        }
      }
    }
  }
}

TEST(Counterexamples, AreSmall) {
  BuiltInSubject subject({.mutant = "adam/step-counted-twice"});
  const PropertyFinding finding = try_on(subject, "parameters-apart", "adam");
  ASSERT_EQ(finding.verdict, PropertyVerdict::fails);
  const Case smallest =
      read_case(*find_rule("adam"), nlohmann::ordered_json::parse(finding.counterexample->input));
  EXPECT_EQ(smallest.parameters.size(), 2u);
  EXPECT_EQ(smallest.steps(), 1);
  std::size_t elements = 0;
  for (const CaseParameter& parameter : smallest.parameters) elements += parameter.initial.size();
  EXPECT_LE(elements, 2u);
}

TEST(Counterexamples, AreTheSameForTheSameSeed) {
  BuiltInSubject one({.mutant = "adagrad/sign"});
  BuiltInSubject other({.mutant = "adagrad/sign"});
  const auto first = try_on(one, "scale-invariance", "adagrad");
  const auto second = try_on(other, "scale-invariance", "adagrad");
  EXPECT_EQ(first.verdict, second.verdict);
  EXPECT_EQ(first.examples, second.examples);
}

TEST(Counterexamples, AreReadBackAsWritten) {
  const Rule& rule = *find_rule("adam");
  const auto generator =
      random_case(rule, rule.dialects.front(),
                  {.missing_gradients = true, .rate_changes = true, .groups = true});
  rc::Random random(7);
  for (int i = 0; i < 200; ++i) {
    const auto text = case_object(generator(random.split(), 0).value()).dump();
    EXPECT_EQ(case_object(read_case(rule, nlohmann::ordered_json::parse(text))).dump(), text);
  }
}

TEST(Counterexamples, ThatAreDamagedNameThePlace) {
  const Rule& rule = *find_rule("adam");
  const auto message = [&](const char* text) {
    try {
      read_case(rule, nlohmann::ordered_json::parse(text));
    } catch (const std::runtime_error& wrong) {
      return std::string(wrong.what());
    }
    return std::string("accepted");
  };
  EXPECT_NE(message("{}").find("hyperparameters"), std::string::npos);
  EXPECT_NE(
      message(R"({"hyperparameters": {"rho": 1}, "parameters": [], "gradients": []})").find("rho"),
      std::string::npos);
  EXPECT_NE(message(R"({"hyperparameters": {}, "parameters":
                        [{"name": "w", "shape": [2], "initial": [1]}], "gradients": []})")
                .find("w"),
            std::string::npos);
}

}  // namespace
}  // namespace plumbline::conformance
