// Every check of a rule as a GoogleTest of its own, from one line.
//
//     #include "conformance/googletest.hpp"
//
//     PLUMBLINE_CHECK_OPTIMIZER("adam", MyAdapter);                     // one format
//     PLUMBLINE_CHECK_OPTIMIZER("adam", MyAdapter<float>, MyAdapter<double>);
//
// at namespace scope, in a program that links plumbline::googletest and gtest_main. What an
// adapter is: subject/adapter.hpp. The tests are
//
//     adam/MyAdapter/binary32.verdict                     all cases together
//     adam/MyAdapter/binary32.acceptance/STREAM/CASE      one for each case
//     adam/MyAdapter/binary32.golden/STREAM/CASE          one for each golden case
//     adam/MyAdapter/binary32.property/PROPERTY           one for each property
//
// and --gtest_filter='adam/*.acceptance/sparse/*' works on them. GoogleTest reads '-' in a
// filter as "except", so that names have '_' for it. A test is skipped where the adapter
// says `unsupported`; "verdict" fails when that leaves nothing. A property that fails prints
// the smallest case found on which it does, and the command that tries it on that case
// again (the environment variable PLUMBLINE_INPUT holds it).
//
// PLUMBLINE_CHECK_SCHEDULE and PLUMBLINE_CHECK_CLIPPING do the same for those, and
// PLUMBLINE_CHECK_MINIMIZER("any name", Adapter) for an optimizer that owns its loop. The
// functions behind them take more: known deviations, a seed, the formats of any subject.
#pragma once

#include <gtest/gtest.h>

#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "conformance/named_checks/minimizer_checks.hpp"
#include "conformance/named_checks/named_checks.hpp"
#include "conformance/subject/in_process.hpp"

namespace plumbline::conformance {

/// Where the tests are said to stand, and what they are of.
struct TestPlace {
  const char* file = "(registered by a call)";
  int line = 0;
};

/// What is registered beside the subject.
struct RegistrationOptions {
  std::vector<std::string> formats = {};  ///< empty: all that an in-process subject serves
  CheckOptions check = {};
  std::vector<KnownDeviation> known_deviations = {};
#ifdef PLUMBLINE_GOLDEN_FOLDER
  std::string golden_folder = PLUMBLINE_GOLDEN_FOLDER;
#else
  std::string golden_folder = {};
#endif
};

/// `text` with '_' for all that a name or a filter of GoogleTest can't have.
inline std::string test_name(std::string_view text) {
  std::string name;
  for (const char letter : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '/' ||
                       letter == '+' || letter == '_';
    if (plain) {
      name += letter;
    } else if (name.empty() || name.back() != '_') {
      name += '_';
    }
  }
  while (name.ends_with('_')) name.pop_back();
  return name;
}

class NamedCheckTest : public testing::Test {
 public:
  NamedCheckTest(std::function<CheckOutcome()> run, std::string full_name, TestPlace place)
      : run_(std::move(run)), full_name_(std::move(full_name)), place_(place) {}

  void TestBody() override {
    const CheckOutcome outcome = run_();
    switch (outcome.status) {
      case CheckOutcome::Status::passed:
        RecordProperty("seen", outcome.text);
        if (full_name_.ends_with(".verdict")) std::cout << outcome.text << '\n';
        break;
      case CheckOutcome::Status::skipped:
        GTEST_SKIP() << outcome.text;
      case CheckOutcome::Status::failed:
        ADD_FAILURE_AT(place_.file, place_.line)
            << outcome.text << "\n  again    " << again(outcome);
    }
  }

 private:
  std::string again(const CheckOutcome& outcome) const {
#ifdef __GLIBC__
    const std::string program = program_invocation_name;
#else
    const std::string program = "PROGRAM";
#endif
    std::string command;
    if (!outcome.counterexample.empty()) {
      command = "PLUMBLINE_INPUT='" + outcome.counterexample + "' ";
    }
    return command + program + " --gtest_filter='" + full_name_ + "'";
  }

  std::function<CheckOutcome()> run_;
  std::string full_name_;
  TestPlace place_;
};

/// Registers a check under SUITE.NAME.
inline void register_check(const std::string& suite, const std::string& name,
                           std::function<CheckOutcome()> run, const TestPlace& place) {
  const std::string test = test_name(name);
  testing::RegisterTest(
      suite.c_str(), test.c_str(), nullptr, nullptr, place.file, place.line,
      [run = std::move(run), full = suite + "." + test, place]() -> testing::Test* {
        return new NamedCheckTest(run, full, place);
      });
}

/// Registers every check of a task on any subject; `label` is the middle of the tests'
/// names. A mistake in what is asked for becomes a test that fails.
inline bool register_checks(Kind kind, const std::string& name, const std::string& label,
                            const SubjectFactory& subject, const RegistrationOptions& options,
                            const TestPlace& place = {}) {
  const std::string prefix = test_name(name + "/" + label);
  const auto mistake = [&](const std::string& what) {
    register_check(
        prefix, "registration",
        [what] {
          return CheckOutcome{CheckOutcome::Status::failed, what};
        },
        place);
  };
  try {
    const char* input = std::getenv("PLUMBLINE_INPUT");
    std::vector<std::string> formats = options.formats;
    if (kind == Kind::schedule) formats = {""};
    if (formats.empty()) mistake("no format to check it in");
    for (const std::string& format : formats) {
      const std::string suite = format.empty() ? prefix : prefix + "/" + format;
      for (NamedCheck& check : named_checks({.task = {kind, name, format},
                               .subject = subject,
                               .check = options.check,
                               .golden_folder = options.golden_folder,
                               .property_input = input == nullptr ? "" : input,
                               .known_deviations = options.known_deviations})) {
        register_check(suite, check.name, std::move(check.run), place);
      }
    }
  } catch (const std::exception& wrong) {
    mistake(wrong.what());
  }
  return true;
}

/// Registers every check of a rule on adapters, each for its own formats.
template <OptimizerAdapter... Adapters>
bool register_optimizer(const std::string& rule, const std::string& label,
                        RegistrationOptions options = {}, const TestPlace& place = {}) {
  const auto subject = [rule, label] {
    auto made = std::make_unique<InProcessSubject>(label, "in process");
    (made->add<Adapters>(rule), ...);
    return made;
  };
  if (options.formats.empty()) {
    for (const auto& formats : {formats_of_adapter<Adapters>()...}) {
      options.formats.insert(options.formats.end(), formats.begin(), formats.end());
    }
  }
  return register_checks(Kind::rule, rule, label, subject, options, place);
}

template <ScheduleAdapter Adapter>
bool register_schedule(const std::string& schedule, const std::string& label,
                       const RegistrationOptions& options = {}, const TestPlace& place = {}) {
  const auto subject = [schedule, label] {
    auto made = std::make_unique<InProcessSubject>(label, "in process");
    made->add_schedule<Adapter>(schedule);
    return made;
  };
  return register_checks(Kind::schedule, schedule, label, subject, options, place);
}

template <ClippingAdapter... Adapters>
bool register_clipping(const std::string& clipping, const std::string& label,
                       RegistrationOptions options = {}, const TestPlace& place = {}) {
  const auto subject = [clipping, label] {
    auto made = std::make_unique<InProcessSubject>(label, "in process");
    (made->add_clipping<Adapters>(clipping), ...);
    return made;
  };
  if (options.formats.empty()) {
    for (const auto& formats : {formats_of_adapter<Adapters>()...}) {
      options.formats.insert(options.formats.end(), formats.begin(), formats.end());
    }
  }
  return register_checks(Kind::clipping, clipping, label, subject, options, place);
}

/// Registers the checks of an optimizer that owns its loop, under `name/label/FORMAT`.
template <MinimizerAdapter Adapter>
bool register_minimizer(const std::string& name, const std::string& label,
                        MinimizerCheckOptions options = {}, const TestPlace& place = {}) {
  options.name = name;
  options.format = formats_of_adapter<Adapter>().front();
  options.subject = [name, label] {
    auto made = std::make_unique<InProcessSubject>(label, "in process");
    made->add_minimizer<Adapter>(name);
    return made;
  };
  for (NamedCheck& check : minimizer_checks(options)) {
    register_check(test_name(name + "/" + label + "/" + options.format), check.name,
                   std::move(check.run), place);
  }
  return true;
}

}  // namespace plumbline::conformance

#define PLUMBLINE_JOIN_2(first, second) first##second
#define PLUMBLINE_JOIN(first, second) PLUMBLINE_JOIN_2(first, second)
#define PLUMBLINE_REGISTER(function, name, ...)                                          \
  [[maybe_unused]] static const bool PLUMBLINE_JOIN(plumbline_registered, __COUNTER__) = \
      ::plumbline::conformance::function<__VA_ARGS__>(name, #__VA_ARGS__, {},            \
                                                      {__FILE__, __LINE__})

/// Registers every check of the rule on one or more adapters.
#define PLUMBLINE_CHECK_OPTIMIZER(rule, ...) \
  PLUMBLINE_REGISTER(register_optimizer, rule, __VA_ARGS__)
/// Registers every check of the schedule on an adapter.
#define PLUMBLINE_CHECK_SCHEDULE(schedule, ...) \
  PLUMBLINE_REGISTER(register_schedule, schedule, __VA_ARGS__)
/// Registers every check of the clipping on one or more adapters.
#define PLUMBLINE_CHECK_CLIPPING(clipping, ...) \
  PLUMBLINE_REGISTER(register_clipping, clipping, __VA_ARGS__)
/// Registers the checks of named_checks/minimizer_checks.hpp on an adapter.
#define PLUMBLINE_CHECK_MINIMIZER(name, ...) \
  PLUMBLINE_REGISTER(register_minimizer, name, __VA_ARGS__)
