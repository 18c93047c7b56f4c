// `plumbline theorems`: bounds held against what happens, certified.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <iostream>

#include "conformance/subject/protocol_subject.hpp"
#include "conformance/theorems/report.hpp"
#include "conformance/theorems/subject_run.hpp"
#include "reference/numbers/certified_decimal.hpp"
#include "reference/theorem.hpp"
#include "tools/commands/globs.hpp"
#include "tools/commands/progress.hpp"
#include "tools/pages/theorems_page.hpp"

namespace plumbline::tools {
namespace {

using namespace plumbline::conformance;

struct TheoremOptions {
  std::vector<std::string> ids;
  std::string json, html;
  // A setting of the user's own.
  std::string rule, dialect, objective;
  std::vector<std::string> set;
  std::optional<double> eta;
  long steps = 100;
  bool runs = false;
  std::vector<std::string> subject_command;
  double timeout_seconds = 10;
};

/// By the globs; all without any. Throws UsageError where one matches none.
std::vector<const Theorem*> chosen(const std::vector<std::string>& globs) {
  std::vector<std::string_view> names;
  for (const Theorem& theorem : all_theorems()) names.push_back(theorem.id);
  refuse_globs_without_match(globs, names, "theorems");
  std::vector<const Theorem*> theorems;
  for (const Theorem& theorem : all_theorems()) {
    if (selected(globs, theorem.id)) theorems.push_back(&theorem);
  }
  return theorems;
}

/// "momentum=0.9".
NamedNumber assignment(const std::string& text) {
  const std::size_t equals = text.find('=');
  NamedNumber one{text.substr(0, equals), 0};
  const char* end = text.data() + text.size();
  if (equals == std::string::npos ||
      std::from_chars(text.data() + equals + 1, end, one.value).ptr != end) {
    throw UsageError(fmt::format("--set {}: wants NAME=NUMBER", text));
  }
  return one;
}

bool wants_own_setting(const TheoremOptions& options) {
  return !options.rule.empty() || !options.dialect.empty() || !options.objective.empty() ||
         !options.set.empty() || options.eta;
}

/// The user's setting in place of the theorem's: what is not said is as the theorem has it.
Setting own_setting(const TheoremOptions& options, const LoopCheck& check) {
  if (options.steps < 1 || options.steps > 100000) throw UsageError("--steps wants 1 to 100000");
  Setting setting;
  setting.problem = catalogue_problem(options.objective.empty() ? "quadratic" : options.objective);
  setting.rule = options.rule.empty() ? std::string(check.rule) : options.rule;
  setting.dialect = options.dialect;
  if (options.dialect.empty() && options.rule.empty()) setting.dialect = check.dialect;
  if (options.eta) setting.hyperparameters.push_back({"learning_rate", *options.eta});
  for (const std::string& text : options.set) setting.hyperparameters.push_back(assignment(text));
  setting.steps = options.steps;
  return setting;
}

/// Of which nothing is known where a hypothesis fails.
std::function<Series()> without_tight_bound(std::function<Series()> series) {
  return [series = std::move(series)] {
    Series all = series();
    for (Comparison& one : all) one.tight.reset();
    return all;
  };
}

/// The bound for the user's own setting, with the hypotheses that fail in it.
JudgedTheorem judge_own(const TheoremOptions& options, const Theorem& theorem) {
  try {
    const Setting setting = own_setting(options, *theorem.loop);
    JudgedTheorem judged{&theorem, {}};
    std::vector<std::string> failed;
    if (setting.rule != theorem.loop->rule) {
      failed.push_back(fmt::format("the rule is {}", theorem.loop->rule));
    }
    // Past another rule the theorem's hypotheses may name what that rule has not.
    if (failed.empty()) {
      for (const Hypothesis& hypothesis : theorem.loop->hypotheses(setting)) {
        if (!hypothesis.holds) failed.push_back(hypothesis.text);
      }
    }
    Run run = loop_run(*theorem.loop, "as given", Role::within, setting);
    if (!failed.empty()) run.series = without_tight_bound(run.series);
    judged.runs.push_back(judge(run));
    judged.runs.back().failed_hypotheses = failed;
    return judged;
  } catch (const std::invalid_argument& wrong) {
    throw UsageError(fmt::format("{}: {}", theorem.id, wrong.what()));
  }
}

std::string verdict_of(const JudgedRun& run) {
  std::string text(name_of(run.decision));
  if (run.decision != Decision::holds || !run.attained) return text;
  if (!run.steps.empty() && run.steps.front().radius) return "attained to rounding";
  return run.attained_exactly ? "attained exactly" : "attained to 30 digits";
}

void print_run(std::ostream& out, const JudgedRun& run) {
  std::string detail;
  if (run.largest_ratio) {
    detail = fmt::format("{} at {}", six_digits(*run.largest_ratio), run.at_step);
  }
  if (run.tight_ratio) detail += ", of tight " + six_digits(*run.tight_ratio);
  if (run.claim_ends_at) detail += fmt::format("; claimed up to step {}", *run.claim_ends_at);
  if (run.slope) {
    detail += fmt::format("; slope {:.4g}, proved {:.4g}", run.slope->fitted, run.slope->proved);
  }
  out << fmt::format("    {} {:<8} {:<22} {}\n      {:<8} {}\n", run.as_expected() ? " " : "!",
                     name_of(run.role), verdict_of(run), run.name, "", detail);
  for (const std::string& failed : run.failed_hypotheses) {
    out << fmt::format("      hypothesis fails: {}\n", failed);
  }
  if (!run.reason.empty()) out << fmt::format("      {}\n", run.reason);
  if (run.counterexample) {
    const BrokenBound& found = *run.counterexample;
    out << fmt::format("      at step {}: {}, {} {}\n", found.step, found.observed,
                       found.of_tight ? "the tight bound being" : "the bound being", found.bound);
    if (!found.point.empty()) {
      out << fmt::format("      where ({})\n", fmt::join(found.point, ", "));
    }
  }
}

void print(std::ostream& out, const JudgedTheorem& judged, bool runs) {
  std::size_t within = 0, witnesses = 0, controls = 0;
  for (const JudgedRun& run : judged.runs) {
    within += run.role == Role::within ? 1 : 0;
    witnesses += run.role == Role::witness ? 1 : 0;
    controls += run.role == Role::control ? 1 : 0;
  }
  const auto largest = judged.largest_ratio();
  out << fmt::format("{:<34} {:<15} {:>3} within, {:>2} that attain, {:>2} controls{}\n",
                     judged.theorem->id, verdict_of(judged), within, witnesses, controls,
                     largest ? "; largest ratio " + six_digits(*largest) : "");
  for (const JudgedRun& run : judged.runs) {
    if (runs || !run.as_expected()) print_run(out, run);
  }
  // What a subject had no place for, and why: each reason once.
  std::vector<std::string> reasons;
  for (const JudgedRun& run : judged.runs) {
    if (runs || run.decision != Decision::unsupported) continue;
    if (std::ranges::find(reasons, run.reason) == reasons.end()) reasons.push_back(run.reason);
  }
  for (const std::string& reason : reasons) out << fmt::format("    unsupported: {}\n", reason);
}

/// Of one setting, that a user gave.
void print_own(std::ostream& out, const JudgedTheorem& judged) {
  const JudgedRun& run = judged.runs.front();
  out << fmt::format("{}: {}{}\n", judged.theorem->id, name_of(run.decision),
                     run.failed_hypotheses.empty()        ? ", and all hypotheses hold"
                     : run.decision == Decision::violated ? ", as it may be: a hypothesis fails"
                                                          : ", though a hypothesis fails");
  print_run(out, run);
}

void write_reports(const TheoremOptions& options, const nlohmann::ordered_json& report) {
  if (!options.json.empty()) write_file(options.json, report.dump(2) + "\n");
  if (!options.html.empty()) write_file(options.html, theorems_page(report));
}

/// The reference itself, or with a setting of the user's own.
int run_reference(const TheoremOptions& options, const std::vector<const Theorem*>& theorems,
                  std::ostream& out) {
  const bool own = wants_own_setting(options);
  const ProgressLine progress;
  std::vector<JudgedTheorem> judged;
  for (const Theorem* theorem : theorems) {
    if (own && !theorem->loop) {
      if (!options.ids.empty()) {
        throw UsageError(fmt::format("{}: takes no setting of one's own", theorem->id));
      }
      continue;
    }
    progress.show(std::string(theorem->id));
    judged.push_back(own ? judge_own(options, *theorem) : judge(*theorem));
    progress.clear();
    if (own) {
      print_own(out, judged.back());
    } else {
      print(out, judged.back(), options.runs);
    }
  }
  write_reports(options, theorem_report(judged));
  return std::ranges::all_of(judged, &JudgedTheorem::holds) ? 0 : 1;
}

bool any_run(const std::vector<JudgedTheorem>& judged, const auto& is) {
  return std::ranges::any_of(
      judged, [&](const JudgedTheorem& one) { return std::ranges::any_of(one.runs, is); });
}

/// The subject that the command starts: 3 where it fails, or has no place for anything.
int run_on_subject(const TheoremOptions& options, const std::vector<const Theorem*>& theorems,
                   std::ostream& out) {
  if (wants_own_setting(options)) throw UsageError("a setting of one's own is not for a subject");
  if (!(options.timeout_seconds > 0 && options.timeout_seconds < 1e6)) {
    throw UsageError("--timeout wants a positive number of seconds");
  }
  Limits limits;
  limits.call = std::chrono::milliseconds(static_cast<long>(options.timeout_seconds * 1000));
  limits.run_ends = std::chrono::steady_clock::now() + std::chrono::hours(1);
  ProtocolSubject subject(options.subject_command, limits);
  const ProgressLine progress;
  std::vector<JudgedTheorem> judged;
  SubjectDescription description;
  try {
    description = subject.describe();
    for (const Theorem* theorem : theorems) {
      progress.show(std::string(theorem->id));
      JudgedTheorem one = judge_subject(*theorem, subject);
      progress.clear();
      if (one.runs.empty()) continue;
      judged.push_back(std::move(one));
      print(out, judged.back(), options.runs);
    }
    const std::string parting = subject.shutdown();
    if (!parting.empty()) std::cerr << fmt::format("plumbline: {}\n", parting);
  } catch (const SubjectUnusable& failure) {
    std::cerr << fmt::format("plumbline: {}\n", failure.what());
    return 3;
  }
  write_reports(options, theorem_report(judged, &description));
  if (any_run(judged, [](const JudgedRun& run) { return run.decision == Decision::error; })) {
    return 3;
  }
  if (!any_run(judged, [](const JudgedRun& run) { return !run.steps.empty(); })) {
    std::cerr << "plumbline: nothing was checked: no theorem is for this subject\n";
    return 3;
  }
  return std::ranges::all_of(judged, &JudgedTheorem::holds) ? 0 : 1;
}

int run(const TheoremOptions& options) {
  const std::vector<const Theorem*> theorems = chosen(options.ids);
  std::ostream& out = options.json == "-" ? std::cerr : std::cout;
  return options.subject_command.empty() ? run_reference(options, theorems, out)
                                         : run_on_subject(options, theorems, out);
}

}  // namespace

void add_theorems(CLI::App& app, int& exit_code, const std::vector<std::string>& subject_command) {
  const auto options = std::make_shared<TheoremOptions>();
  options->subject_command = subject_command;
  CLI::App* command = app.add_subcommand(
      "theorems",
      "hold the theorems' bounds against what happens, certified; after --: the command that "
      "starts a subject, which is held to them");
  command->add_option("ids", options->ids, "only these theorems (globs)");
  command->add_flag("--runs", options->runs, "print every run, not only those that go wrong");
  command->add_option("--json", options->json, "write JSON to this file (- is standard output)");
  command->add_option("--html", options->html, "write a page with plots to this file");
  command->add_option("--rule", options->rule, "a setting of your own: this rule");
  command->add_option("--dialect", options->dialect, "... in this dialect");
  command->add_option("--objective", options->objective,
                      "... on this objective (see `plumbline list objectives`)");
  command->add_option("--eta", options->eta, "... with this learning rate");
  command
      ->add_option("--set", options->set, "... with this hyperparameter, NAME=VALUE (repeatable)")
      ->allow_extra_args(false);
  command->add_option("--steps", options->steps, "... for so many steps (default 100)");
  command->add_option("--timeout", options->timeout_seconds,
                      "seconds for one call of a subject (default 10)");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace plumbline::tools
