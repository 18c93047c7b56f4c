// Subjects in shared libraries: by the C interface, in this process and in one of their own.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <sstream>

#include "conformance/builtin/built_in_subject.hpp"
#include "conformance/report/json_report.hpp"
#include "conformance/subject/plugin_subject.hpp"
#include "conformance/subject/protocol_server.hpp"
#include "tests/judged_subject.hpp"

namespace plumbline::conformance {
namespace {

// AddressSanitizer turns a crash into an exit.
#if defined(__SANITIZE_ADDRESS__)
constexpr Fault fault_of_a_crash = Fault::exited;
constexpr const char* text_of_a_crash = "exited";
#else
constexpr Fault fault_of_a_crash = Fault::killed_by_signal;
constexpr const char* text_of_a_crash = "killed by signal";
#endif

SubjectFactory in_process(const std::string& path) {
  return [library = std::make_shared<PluginLibrary>(path)] {
    return std::make_unique<PluginSubject>(library);
  };
}

SubjectFactory in_its_own_process(const std::string& path, long milliseconds = 10000) {
  Limits limits;
  limits.call = std::chrono::milliseconds(milliseconds);
  const std::vector<std::string> command{std::string(PLUMBLINE_BINARY_DIR) + "/plumbline",
                                         "subject", "--plugin", path};
  return [command, limits] { return std::make_unique<ProtocolSubject>(command, limits); };
}

RunOutcome check(const SubjectFactory& subject, const CheckOptions& options, int jobs = 2) {
  RunOptions run;
  run.subject = subject;
  run.jobs = jobs;
  return run_checks(options, run);
}

std::string text_of(const RunOutcome& outcome) {
  Report report;
  for (const Result& result : outcome.results) report.results.push_back({result, {}});
  return json_report(report);
}

std::vector<std::string> example_plugins() {
  std::vector<std::string> paths;
  std::stringstream names(PLUMBLINE_EXAMPLE_PLUGINS);
  for (std::string name; std::getline(names, name, ',');) {
    paths.push_back(std::string(PLUMBLINE_BINARY_DIR) + "/lib" + name + ".so");
  }
  return paths;
}

CreateRequest one_parameter(const std::string& rule, std::vector<double> values = {1, 2}) {
  const long size = static_cast<long>(values.size());
  return {.rule = rule,
          .format = "binary64",
          .hyperparameters = {{"learning_rate", 0.5}},
          .parameters = {{.name = "w", .shape = {size}, .values = std::move(values)}}};
}

/// The end of a step by the faulty plugin.
Ended step_of(Subject& subject, const std::string& rule) {
  const auto created = subject.create(one_parameter(rule));
  if (!created.ok()) return created.ended();
  return subject.step(created->handle, {.gradients = {{{1, 1}}}}).ended();
}

TEST(ExamplePlugins, ConformInBothFormatsInBothKindsOfProcess) {
  CheckOptions options;
  options.rules = {"gradient_descent", "momentum", "adam"};
  options.formats = {"binary64", "binary32"};
  for (const std::string& path : example_plugins()) {
    for (const auto& subject : {in_process(path), in_its_own_process(path)}) {
      const RunOutcome outcome = check(subject, options);
      EXPECT_EQ(outcome.incomplete_reason, "");
      ASSERT_EQ(outcome.results.size(), 6U) << path;
      for (const Result& result : outcome.results) {
        EXPECT_EQ(result.finding.verdict, Verdict::conforms) << path << " " << result.task.name;
        EXPECT_GE(result.finding.cases, 40) << path << " " << result.task.name;
        EXPECT_TRUE(result.finding.modifiers.empty()) << path << " " << result.task.name;
      }
    }
  }
}

TEST(ExamplePlugins, AreTold) {
  for (const std::string& path : example_plugins()) {
    PluginSubject subject(path);
    EXPECT_TRUE(subject.describe().name.starts_with("example plugin in ")) << path;
    EXPECT_EQ(subject.describe().name, "example plugin in " + subject.describe().language);
    EXPECT_EQ(subject.describe().version, "1.0");
    // Weight decay is there for nobody to take.
    CreateRequest request = one_parameter("gradient_descent");
    request.hyperparameters.push_back({"weight_decay", 0.1});
    EXPECT_EQ(subject.create(request).ended().outcome, Outcome::unsupported) << path;
  }
}

// All methods but `sample`: through the C interface and back nothing changes.
TEST(BuiltInPlugin, IsJudgedAsTheBuiltInSubject) {
  CheckOptions by_element;
  CheckOptions others;  // in one format: they cost more
  others.formats = {"binary32"};
  for (const Rule& rule : all_rules()) {
    (rule.unit == Unit::element ? by_element : others).rules.emplace_back(rule.name);
  }
  by_element.schedules = {"*"};
  by_element.clippings = {"*"};
  for (const Initialization& initialization : all_initializations()) {
    others.samplings.emplace_back(initialization.name);
  }
  for (const CheckOptions& options : {by_element, others}) {
    const std::string expected =
        text_of(check([] { return std::make_unique<BuiltInSubject>(); }, options));
    EXPECT_EQ(text_of(check(in_process(PLUMBLINE_BUILT_IN_PLUGIN), options)), expected);
  }
}

TEST(BuiltInPlugin, GoesOnFromACheckpointAsIfNeverStopped) {
  PluginSubject subject(PLUMBLINE_BUILT_IN_PLUGIN);
  CreateRequest request = one_parameter("momentum", {1, -3});
  request.hyperparameters.push_back({"momentum", 0.9});
  const auto created = subject.create(request);
  ASSERT_TRUE(created.ok());
  const StepRequest step{.gradients = {{{0.1, 0.2}}}, .learning_rate = 0.25};
  ASSERT_TRUE(subject.step(created->handle, step).ok());
  const auto saved = subject.save(created->handle);
  ASSERT_TRUE(saved.ok());
  const auto loaded = subject.load(*saved, request);
  ASSERT_TRUE(loaded.ok()) << loaded.ended().message;
  const StepRequest next{.gradients = {{{1, 2}}}};
  const auto gone_on = subject.step(created->handle, next);
  const auto resumed = subject.step(loaded->handle, next);
  ASSERT_TRUE(gone_on.ok() && resumed.ok());
  EXPECT_EQ(gone_on->parameters, resumed->parameters);
  EXPECT_EQ(*subject.state(created->handle), *subject.state(loaded->handle));
  EXPECT_FALSE(subject.load({{"parameters", {{1, 2}}}, {"bytes", "0g"}}, request).ok());
}

TEST(BuiltInPlugin, MinimizesOverTheProtocolToo) {
  const Objective sum_of_squares = [](const Tensors& at) {
    return Evaluation{at[0][0] * at[0][0] + at[0][1] * at[0][1], {{2 * at[0][0], 2 * at[0][1]}}};
  };
  CreateRequest request = one_parameter("gradient_descent", {4, -8});
  request.hyperparameters = {{"learning_rate", 0.25}};
  // The faulty one has the first release's method alone, and does that well.
  for (const auto& make :
       {in_process(PLUMBLINE_BUILT_IN_PLUGIN), in_its_own_process(PLUMBLINE_BUILT_IN_PLUGIN),
        in_process(PLUMBLINE_FAULTY_PLUGIN), in_its_own_process(PLUMBLINE_FAULTY_PLUGIN)}) {
    const auto subject = make();
    const auto minimized = subject->minimize(request, 3, sum_of_squares);
    ASSERT_TRUE(minimized.ok()) << minimized.ended().message;
    EXPECT_EQ(minimized->parameters, (Tensors{{0.5, -1}}));
  }
  for (const char* path : {PLUMBLINE_BUILT_IN_PLUGIN, PLUMBLINE_FAULTY_PLUGIN}) {
    PluginSubject subject(path);
    const auto stopped = subject.minimize(
        request, 3, [](const Tensors&) -> Evaluation { throw std::runtime_error("no more"); });
    EXPECT_EQ(stopped.ended().outcome, Outcome::subject_error);
    EXPECT_EQ(stopped.ended().message, "no more");
  }
}

TEST(BuiltInPlugin, IsToldWhatTheObjectiveHasNot) {
  CreateRequest request = one_parameter("newton", {4, -8});
  request.hyperparameters = {{"learning_rate", 1}};
  const Objective without = [](const Tensors&, const Objective::Wants& want) -> Evaluation {
    if (want.empty()) return {1, {{1, 1}}};
    throw SubjectDeclined(Outcome::unsupported, "no " + want.front());
  };
  for (const auto& make :
       {in_process(PLUMBLINE_BUILT_IN_PLUGIN), in_its_own_process(PLUMBLINE_BUILT_IN_PLUGIN)}) {
    const auto declined = make()->minimize(request, 1, without);
    EXPECT_EQ(declined.ended().outcome, Outcome::unsupported);
    EXPECT_NE(declined.ended().message.find("no hessian"), std::string::npos);
  }
  // Draws have no place in the first release's method.
  request.draws = {{0.5}};
  EXPECT_EQ(PluginSubject(PLUMBLINE_FAULTY_PLUGIN).minimize(request, 1, without).ended().message,
            "the plugin has no `minimize_asking`");
}

TEST(BuiltInPlugin, SamplesWithAShortLastBatch) {
  PluginSubject subject(PLUMBLINE_BUILT_IN_PLUGIN);
  const auto batches = subject.sample({.population = 5, .batch_size = 2, .batches = 3});
  ASSERT_TRUE(batches.ok());
  EXPECT_EQ(*batches, (std::vector<std::vector<long>>{{0, 1}, {2, 3}, {4}}));
}

// What a subject can't be crashed with from inside: the harness sees it and goes on.
TEST(FaultyPlugin, IsFoundOutInThisProcess) {
  PluginSubject subject(PLUMBLINE_FAULTY_PLUGIN);
  const auto fault_of = [](const Ended& ended) {
    EXPECT_EQ(ended.outcome, Outcome::fault);
    EXPECT_EQ(ended.fault, Fault::protocol);
    return ended.message;
  };
  const auto state_of = [&](const std::string& rule) {
    CreateRequest request = one_parameter(rule);
    request.parameters.push_back(request.parameters[0]);
    return subject.state(subject.create(request)->handle).ended();
  };
  EXPECT_TRUE(step_of(subject, "gradient_descent").outcome == Outcome::ran);
  EXPECT_EQ(fault_of(step_of(subject, "writes-past-the-end")),
            "the plugin wrote outside the parameters of tensor 0, which has 2 elements");
  EXPECT_EQ(fault_of(step_of(subject, "gives-no-optimizer")),
            "`create` answered without an optimizer");
  EXPECT_EQ(fault_of(state_of("wrong-state-count")),
            "state `velocity` of parameter 0 has 3 values where 2 were expected");
  EXPECT_EQ(fault_of(state_of("unknown-format")), "state `velocity` is in no format: 99");
  EXPECT_EQ(fault_of(state_of("endless-state")), "the plugin's state tensors do not end");
  EXPECT_EQ(fault_of(state_of("unnamed-state")), "state tensor 0 has no name for parameter 1");
  EXPECT_EQ(fault_of(subject.sample({.population = 5, .batch_size = 2, .batches = 1}).ended()),
            "batch 0 has 3 samples where up to 2 were asked for");

  const Ended untaken = step_of(subject, "takes-nothing");
  EXPECT_EQ(untaken.outcome, Outcome::unsupported);
  EXPECT_EQ(untaken.message, "the plugin did not take \"learning_rate\"");
  const auto none =
      subject.schedule_values({.schedule = "constant", .hyperparameters = {}, .steps = {0}});
  EXPECT_EQ(none.ended().outcome, Outcome::unsupported);
  EXPECT_EQ(none.ended().message, "the plugin has no `schedule_values`");
  EXPECT_TRUE(step_of(subject, "gradient_descent").outcome == Outcome::ran);
}

TEST(FaultyPlugin, CrashesAndHangsInAProcessOfItsOwn) {
  const auto subject = in_its_own_process(PLUMBLINE_FAULTY_PLUGIN, 300)();
  EXPECT_EQ(step_of(*subject, "crashes").fault, fault_of_a_crash);
  EXPECT_EQ(step_of(*subject, "hangs").fault, Fault::timed_out);
  EXPECT_EQ(step_of(*subject, "gradient_descent").outcome, Outcome::ran);
}

TEST(FaultyPlugin, LeavesTheReportOfTheOthersWhole) {
  const auto verdict = [](const std::string& rule) {
    CheckOptions options;
    options.rules = {rule};
    options.formats = {"binary64"};
    options.cases = {"*/defaults-scale-2p-26"};
    const RunOutcome outcome = check(in_its_own_process(PLUMBLINE_FAULTY_PLUGIN, 300), options, 1);
    return outcome.results.at(0).finding;
  };
  EXPECT_EQ(verdict("gradient_descent").verdict, Verdict::conforms);
  EXPECT_EQ(verdict("momentum").verdict, Verdict::error);
  EXPECT_EQ(verdict("nesterov").verdict, Verdict::error);
  EXPECT_EQ(verdict("adagrad").verdict, Verdict::error);
}

/// The exit code of `plumbline ARGUMENTS`, and what it printed.
std::pair<int, std::string> plumbline(const std::string& arguments) {
  const std::string command =
      std::string(PLUMBLINE_BINARY_DIR) + "/plumbline " + arguments + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  for (int letter = 0; (letter = std::fgetc(pipe)) != EOF;) text += static_cast<char>(letter);
  const int status = pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text};
}

TEST(PluginCommandLine, GivesExitCodesAndReasons) {
  const std::string faulty = std::string(" --format binary64 --plugin ") + PLUMBLINE_FAULTY_PLUGIN;
  const auto expect = [](const std::string& arguments, int code, const std::string& reason) {
    const auto [seen, text] = plumbline(arguments);
    EXPECT_EQ(seen, code) << arguments << "\n" << text;
    EXPECT_NE(text.find(reason), std::string::npos) << arguments << "\n" << text;
  };
  expect("check --rule gradient_descent" + faulty, 0, "conforms");
  expect("check --rule gradient_descent --in-process" + faulty, 0, "conforms");
  expect("identify --rule gradient_descent" + faulty, 0, "coupled_decay");
  expect("check --rule momentum" + faulty, 3, text_of_a_crash);
  expect("check --rule momentum --in-process" + faulty, 3, "the plugin crashed");
  expect("check --rule adam" + faulty, 3, "wrote outside the parameters");
  expect("check --rule adam --in-process" + faulty, 3, "reproduce  plumbline check --rule adam");
  expect("check --plugin /no/such/plugin.so", 2, "can't be read");
  expect("check --in-process", 2, "--in-process goes with --plugin");
  expect("check" + faulty + " -- python3", 2, "one subject at a time");
  expect(std::string("check --plugin ") + PLUMBLINE_PLUGIN_OF_VERSION_2, 3, "has version 2");
  expect(std::string("check --in-process --plugin ") + PLUMBLINE_PLUGIN_OF_VERSION_2, 2,
         "has version 2");
}

// GCC links -ffast-math with code that makes the whole process flush subnormals.
TEST(PluginLibrary, LeavesTheHarnessItsFloatingPointEnvironment) {
  const volatile double subnormal = std::numeric_limits<double>::denorm_min();
  PluginSubject subject(PLUMBLINE_FAST_MATH_PLUGIN);
  EXPECT_GT(subnormal + subnormal, 0);
  const auto created = subject.create(one_parameter("gradient_descent", {0, 1}));
  ASSERT_TRUE(created.ok());
  const auto stepped = subject.step(created->handle, {.gradients = {{{1, 1}}}});
  ASSERT_TRUE(stepped.ok());
  EXPECT_EQ(stepped->parameters, (Tensors{{-0.5, 0.5}}));
  EXPECT_GT(subnormal + subnormal, 0);
}

TEST(PluginLibrary, SaysWhyItCanNotBeUsed) {
  const auto reason = [](const std::string& path) -> std::string {
    try {
      PluginLibrary library(path);
    } catch (const SubjectUnusable& unusable) {
      return unusable.what();
    }
    return "";
  };
  EXPECT_NE(reason("/no/such/plugin.so").find("can't be loaded"), std::string::npos);
  EXPECT_NE(reason(PLUMBLINE_PLUGIN_OF_VERSION_2)
                .find("the plugin's interface has version 2, and this is version 1"),
            std::string::npos);
}

TEST(PluginArray, HoldsEachFormatsOwnValues) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const auto& format : {Binary64::description, Binary32::description, BFloat16::description,
                             Binary16::description}) {
    std::vector<double> values{0, 1, -1.5, 0.25, infinity, -infinity};
    values.push_back(format.largest());
    values.push_back(-format.least_normal());
    values.push_back(format.least_subnormal());
    values.push_back(format.next(format.least_normal(), false));
    values.push_back(-0.0);
    const PluginArray array(format, values);
    EXPECT_EQ(array.read(), values) << format.name;
    EXPECT_TRUE(std::signbit(array.read().back())) << format.name;
    EXPECT_TRUE(array.intact());
    const PluginArray numbers(format, std::vector<double>{std::nan("")});
    EXPECT_TRUE(std::isnan(numbers.read()[0])) << format.name;
    EXPECT_TRUE(std::isnan(PluginArray(format, 1).read()[0])) << format.name;
  }
}

TEST(PluginArray, KnowsEveryPatternOf16Bits) {
  for (const auto& format : {BFloat16::description, Binary16::description}) {
    for (unsigned bits = 0; bits < 0x10000; ++bits) {
      const auto pattern = static_cast<std::uint16_t>(bits);
      const double value = read_plugin_elements(&pattern, 1, plugin_format(format))->front();
      if (std::isnan(value)) continue;
      ASSERT_TRUE(format.holds(value)) << bits;
      const PluginArray array(format, std::vector<double>{value});
      std::uint16_t back = 0;
      std::memcpy(&back, array.data(), sizeof(back));
      ASSERT_EQ(back, pattern) << format.name;
    }
  }
}

TEST(PluginArray, SeesWritingOnEitherSide) {
  for (const std::ptrdiff_t place : {-1, 2}) {
    PluginArray array(Binary64::description, {1, 2});
    static_cast<double*>(array.data())[place] = 0;
    EXPECT_FALSE(array.intact());
  }
}

}  // namespace
}  // namespace plumbline::conformance
