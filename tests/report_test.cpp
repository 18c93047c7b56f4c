// Reports and expectation files, on small reports built by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <random>
#include <sstream>

#include "conformance/report/console.hpp"
#include "conformance/report/expectation.hpp"
#include "conformance/report/html.hpp"
#include "conformance/report/json_report.hpp"
#include "conformance/report/junit.hpp"
#include "conformance/report/reproduce.hpp"
#include "conformance/report/text_layout.hpp"

namespace plumbline::conformance {
namespace {

using testing::AssertionFailure;
using testing::AssertionResult;
using testing::AssertionSuccess;

constexpr double infinity = std::numeric_limits<double>::infinity();

Result make(std::string name, std::string format, Verdict verdict, Kind kind = Kind::rule) {
  Result result{{kind, std::move(name), std::move(format)}, {}};
  Finding& finding = result.finding;
  finding.verdict = verdict;
  if (verdict == Verdict::unsupported) {
    finding.unsupported_reason = "no such rule";
    finding.unsupported_cases = 12;
    return result;
  }
  finding.cases = 57;
  finding.steps = 4200;
  finding.dialect = "paper";
  finding.budget_used = 0.4412;
  if (verdict == Verdict::deviates) {
    finding.deviation = Deviation{.test_case = result.task.name + "/gaussian/x",
                                  .step = 3,
                                  .parameter = "w0",
                                  .element = 5,
                                  .quantity = "parameter",
                                  .comparison = "trajectory",
                                  .value = 0.1,
                                  .lower = -infinity,
                                  .upper = 0.05,
                                  .radii = 1.2e5,
                                  .note = "a note of the case"};
    finding.nearest = {{"paper", 1.2e5, 4}, {"epsilon_hat", infinity, 57}};
  }
  if (verdict == Verdict::error) {
    finding.error = result.task.name + "/spike/y: the subject exited with 1";
    finding.fault = "exited";
  }
  return result;
}

Report report_of(std::vector<Result> results) {
  Report report;
  report.subject.name = "a subject";
  report.subject.version = "2.5";
  report.command = {"python3", "my subject.py"};
  for (Result& result : results) report.results.push_back({.result = std::move(result)});
  return report;
}

/// One result of each verdict, and of each kind.
Report mixed_report() {
  return report_of({make("adam", "binary64", Verdict::conforms),
                    make("adam", "binary32", Verdict::conforms),
                    make("adam", "bfloat16", Verdict::deviates),
                    make("adagrad", "binary32", Verdict::unsupported),
                    make("cosine_annealing", "binary64", Verdict::error, Kind::schedule),
                    make("global_norm", "binary32", Verdict::conforms, Kind::clipping)});
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

std::vector<Task> tasks_of(const Report& report) {
  std::vector<Task> tasks;
  for (const ReportedResult& reported : report.results) tasks.push_back(reported.result.task);
  return tasks;
}

/// The report held against a file; all tasks ran but those in `left_out`.
Report held(Report report, std::string_view file, std::vector<Task> left_out = {}) {
  std::vector<Task> tasks = tasks_of(report);
  tasks.insert(tasks.end(), left_out.begin(), left_out.end());
  apply_expectations(report, parse_expectations(file, "known.json"), tasks);
  return report;
}

AssertionResult all_as_expected(const Report& report) {
  for (const std::string& problem : report.expectation_problems) {
    return AssertionFailure() << problem;
  }
  for (const ReportedResult& reported : report.results) {
    if (!reported.expectation) return AssertionFailure() << "no outcome";
    if (!reported.expectation->as_expected) {
      return AssertionFailure() << reported.expectation->message;
    }
  }
  return AssertionSuccess();
}

std::string parse_error(std::string_view text) {
  try {
    parse_expectations(text, "known.json");
  } catch (const ExpectationError& error) {
    return error.what();
  }
  return "no error";
}

// JSON

TEST(JsonReport, HoldsTheFieldsOfTheContract) {
  Report report = mixed_report();
  report.seed = 18446744073709551615U;
  const auto json = nlohmann::json::parse(json_report(report));
  EXPECT_EQ(json["plumbline"], "1.0.0");
  EXPECT_EQ(json["protocol"], 1);
  EXPECT_EQ(json["seed"], 18446744073709551615U);
  EXPECT_EQ(json["budget"], 2);
  EXPECT_EQ(json["subject"], nlohmann::json({{"name", "a subject"}, {"version", "2.5"}}));
  EXPECT_EQ(json["summary"],
            nlohmann::json({{"conforms", 3}, {"deviates", 1}, {"unsupported", 1}, {"error", 1}}));
  EXPECT_EQ(json["complete"], true);
  ASSERT_EQ(json["results"].size(), 6U);
  const auto& good = json["results"][0];
  EXPECT_EQ(good["kind"], "rule");
  EXPECT_EQ(good["name"], "adam");
  EXPECT_EQ(good["format"], "binary64");
  EXPECT_EQ(good["verdict"], "conforms");
  EXPECT_EQ(good["dialect"], "paper");
  EXPECT_EQ(good["budget_used"], 0.4412);
  EXPECT_EQ(good["cases"], 57);
  EXPECT_EQ(good["steps"], 4200);
  for (const char* list : {"equivalent_dialects", "indistinguishable_dialects", "modifiers",
                           "nearest", "properties", "notes"}) {
    EXPECT_EQ(good[list], nlohmann::json::array()) << list;
  }
  for (const char* absent : {"deviation", "error", "fault", "claim_ends", "expected"}) {
    EXPECT_FALSE(good.contains(absent)) << absent;
  }
  EXPECT_EQ(json["results"][3]["unsupported_cases"], 12);
  EXPECT_FALSE(json["results"][3].contains("error"));
  EXPECT_EQ(json["results"][4]["kind"], "schedule");
  EXPECT_EQ(json["results"][4]["fault"], "exited");
  EXPECT_EQ(json["results"][4]["error"], "cosine_annealing/spike/y: the subject exited with 1");
}

TEST(JsonReport, ShowsADeviationWithExactNumbersAsText) {
  const auto json = nlohmann::json::parse(json_report(mixed_report()));
  const auto& result = json["results"][2];
  const auto& deviation = result["deviation"];
  EXPECT_EQ(deviation["case"], "adam/gaussian/x");
  EXPECT_EQ(deviation["step"], 3);
  EXPECT_EQ(deviation["parameter"], "w0");
  EXPECT_EQ(deviation["element"], 5);
  EXPECT_EQ(deviation["quantity"], "parameter");
  EXPECT_EQ(deviation["comparison"], "trajectory");
  EXPECT_EQ(deviation["value"], "0.1");
  EXPECT_EQ(deviation["lower"], "-Infinity");
  EXPECT_EQ(deviation["upper"], "0.05");
  EXPECT_EQ(deviation["radii"], 1.2e5);
  EXPECT_EQ(deviation["note"], "a note of the case");
  EXPECT_TRUE(contains(deviation["reproduce"].get<std::string>(), "--case adam/gaussian/x"));
  EXPECT_EQ(result["nearest"][0]["cases_missed"], 4);
  EXPECT_EQ(result["nearest"][1]["radii"], 1e308) << "JSON has no infinity";
}

TEST(JsonReport, EndsWithWhetherItIsComplete) {
  Report report = mixed_report();
  const auto whole = nlohmann::ordered_json::parse(json_report(report));
  EXPECT_EQ(std::prev(whole.end()).key(), "complete");
  EXPECT_FALSE(whole.contains("incomplete_reason"));
  report.complete = false;
  report.incomplete_reason = "the subject failed too often";
  const auto partial = nlohmann::ordered_json::parse(json_report(report));
  EXPECT_EQ(std::prev(partial.end()).key(), "complete");
  EXPECT_EQ(std::prev(partial.end(), 2).key(), "incomplete_reason");
  EXPECT_EQ(partial["complete"], false);
}

TEST(JsonReport, TellsWhatWasExpected) {
  const Report report = held(mixed_report(), R"([
    {"name": "adam/bfloat16", "verdict": "deviates", "reason": "r", "link": "https://l"}])");
  const auto json = nlohmann::json::parse(json_report(report));
  EXPECT_EQ(json["results"][2]["expected"],
            nlohmann::json({{"as_expected", true}, {"reason", "r"}, {"link", "https://l"}}));
  EXPECT_EQ(json["results"][3]["expected"]["as_expected"], false);
  EXPECT_EQ(json["expectation_problems"], nlohmann::json::array());
}

TEST(JsonReport, StandsWhateverTheCommandLineHolds) {
  Report report = mixed_report();
  report.command = {"prog", "\xff\x1b"};
  EXPECT_TRUE(nlohmann::json::accept(json_report(report)));
}

TEST(Reports, AreTheSameEveryTime) {
  const Report report = held(mixed_report(), "[]");
  EXPECT_EQ(json_report(report), json_report(report));
  EXPECT_EQ(junit_report(report), junit_report(report));
  EXPECT_EQ(html_report(report), html_report(report));
  EXPECT_EQ(console_report(report, true), console_report(report, true));
}

// JUnit

pugi::xml_document parse_xml(const std::string& text) {
  pugi::xml_document document;
  EXPECT_TRUE(document.load_string(text.c_str()));
  return document;
}

TEST(JunitReport, HasASuiteAKindAndACaseAResult) {
  const auto document = parse_xml(junit_report(mixed_report()));
  const auto suites = document.child("testsuites");
  const auto rules = suites.find_child_by_attribute("testsuite", "name", "rule");
  EXPECT_EQ(rules.attribute("tests").as_int(), 4);
  EXPECT_EQ(rules.attribute("failures").as_int(), 1);
  EXPECT_EQ(rules.attribute("skipped").as_int(), 1);
  EXPECT_EQ(rules.attribute("errors").as_int(), 0);
  const auto failed = rules.find_child_by_attribute("testcase", "name", "adam/bfloat16");
  EXPECT_STREQ(failed.attribute("classname").value(), "plumbline.rule");
  EXPECT_TRUE(contains(failed.child("failure").attribute("message").value(), "w0[5]"));
  EXPECT_TRUE(contains(failed.child("failure").text().get(), "reproduce: plumbline check"));
  EXPECT_TRUE(
      rules.find_child_by_attribute("testcase", "name", "adagrad/binary32").child("skipped"));
  const auto schedules = suites.find_child_by_attribute("testsuite", "name", "schedule");
  EXPECT_EQ(schedules.attribute("errors").as_int(), 1);
  EXPECT_TRUE(schedules.child("testcase").child("error"));
  EXPECT_EQ(suites.find_child_by_attribute("testsuite", "name", "clipping")
                .attribute("failures")
                .as_int(),
            0);
}

TEST(JunitReport, PassesWhatIsExpectedAndFailsWhatIsNot) {
  const Report report = held(mixed_report(), R"([
    {"name": "adam/bfloat16", "verdict": "deviates", "reason": "<why>"},
    {"name": "adam/binary64", "verdict": "deviates", "reason": "once"},
    {"name": "nothing", "verdict": "deviates", "reason": "gone"}])");
  const auto document = parse_xml(junit_report(report));
  const auto suites = document.child("testsuites");
  const auto rules = suites.find_child_by_attribute("testsuite", "name", "rule");
  const auto of = [&](const char* name) {
    return rules.find_child_by_attribute("testcase", "name", name);
  };
  EXPECT_FALSE(of("adam/bfloat16").child("failure"));
  EXPECT_TRUE(contains(of("adam/bfloat16").child("system-out").text().get(), "<why>"));
  EXPECT_TRUE(of("adam/binary64").child("failure")) << "bettered";
  EXPECT_TRUE(of("adagrad/binary32").child("failure")) << "not listed";
  EXPECT_EQ(
      suites.find_child_by_attribute("testsuite", "name", "run").attribute("failures").as_int(), 1);
}

TEST(JunitReport, IsWellFormedWhateverTheSubjectSays) {
  Report report = report_of({make("adam", "binary32", Verdict::error)});
  report.subject.name = "<\x1b[31m\"&'\xff\xEF\xBF\xBF>";
  report.complete = false;
  report.incomplete_reason = "broke";
  const std::string text = junit_report(report);
  EXPECT_FALSE(contains(text, "\x1b"));
  EXPECT_FALSE(contains(text, "&#27;"));
  const auto document = parse_xml(text);
  EXPECT_TRUE(document.child("testsuites").find_child_by_attribute("testsuite", "name", "run"));
}

// HTML

TEST(HtmlReport, EscapesWhatTheSubjectSays) {
  Report report = mixed_report();
  report.subject.name = "<script>&\"'";
  const std::string page = html_report(report);
  EXPECT_FALSE(contains(page, "<script"));
  EXPECT_TRUE(contains(page, "&lt;script&gt;&amp;&quot;&#39;"));
  EXPECT_TRUE(contains(page, "<details>"));
  EXPECT_TRUE(contains(page, "adam/gaussian/x"));
}

TEST(HtmlReport, NeedsNothingButItself) {
  const std::string page = html_report(mixed_report());
  for (const char* foreign : {"http:", "https:", "src=", "@import", "url(", "<link"}) {
    EXPECT_FALSE(contains(page, foreign)) << foreign;
  }
}

TEST(HtmlReport, ClosesWhatItOpens) {
  // Its elements are written so that all but the head's void ones balance as in XML.
  std::string page = html_report(held(mixed_report(), "[]"));
  page.erase(0, page.find("<body>"));
  page.erase(page.find("</html>"));
  pugi::xml_document document;
  const auto outcome = document.load_string(page.c_str());
  EXPECT_TRUE(outcome) << outcome.description() << " at "
                       << page.substr(std::size_t(outcome.offset), 80);
}

// Console

TEST(ConsoleReport, IsReadableAndNarrow) {
  Report report = mixed_report();
  Finding& finding = report.results[0].result.finding;
  finding.dialect = "a_dialect_with_a_name_that_is_far_too_long_for_its_column";
  report.results[2].result.finding.notes = {std::string(300, 'n'), std::string(90, ' ') + "end"};
  report.results[4].result.finding.error = "evil \x1b[2J" + std::string(200, 'e');
  const std::string text = console_report(report, false);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(width_of(line), console_width) << line;
    EXPECT_FALSE(line.ends_with(' ')) << line;
  }
  EXPECT_FALSE(contains(text, "\x1b"));
  EXPECT_TRUE(contains(text, "a subject 2.5"));
  EXPECT_TRUE(contains(text, "44%"));
  EXPECT_TRUE(contains(text, "0 (+12"));
  EXPECT_TRUE(contains(text, "case       adam/gaussian/x\n"));
  EXPECT_TRUE(contains(text, "step 3, w0[5], parameter"));
  EXPECT_TRUE(contains(text, "0.1, 1.2e+05 radii"));
  EXPECT_TRUE(contains(text, "[-Infinity, 0.05]"));
  EXPECT_TRUE(contains(text, "epsilon_hat (infinitely many radii off"));
  EXPECT_TRUE(contains(text, "a note of the case"));
  EXPECT_TRUE(contains(text, "fault      exited"));
  EXPECT_TRUE(contains(text, "\n3 conform, 1 deviate, 1 unsupported, 1 errors\n"));
}

TEST(ConsoleReport, IsColouredOnlyWhenAsked) {
  const std::string coloured = console_report(mixed_report(), true);
  EXPECT_TRUE(contains(coloured, "\x1b[1;31mdeviates\x1b[0m"));
}

TEST(ConsoleReport, FoldsFormatsThatAgree) {
  std::vector<Result> results;
  for (const char* format : {"binary64", "binary32", "bfloat16"}) {
    results.push_back(make("adam", format, Verdict::conforms));
    results.push_back(make("adamw", format, Verdict::conforms));
  }
  results.back().finding.dialect = "decay_before";
  const std::string text = console_report(report_of(results), false);
  EXPECT_TRUE(contains(text, "adam   all 3"));
  EXPECT_TRUE(contains(text, "171")) << "the cases of all three";
  EXPECT_TRUE(contains(text, "adamw  binary64,"));
  EXPECT_TRUE(contains(text, "adamw  bfloat16"));
}

TEST(ConsoleReport, CommandsCanBePasted) {
  Report report = mixed_report();
  report.command = {"python3", std::string(60, 'a'), std::string(60, 'b')};
  const auto lines = wrapped_command(reproduce_parts(report, report.results[2].result), 80);
  std::string joined;
  for (const std::string& line : lines) {
    EXPECT_LE(line.size(), 80U);
    joined += line.ends_with('\\') ? line.substr(0, line.size() - 1) : line;
  }
  EXPECT_EQ(joined, reproduce_command(report, report.results[2].result));
}

// The command that shows a result again

TEST(Reproduce, NamesWhatIsNotTheDefault) {
  Report report = mixed_report();
  const auto command = [&](std::size_t index) {
    return reproduce_command(report, report.results[index].result);
  };
  EXPECT_EQ(command(2),
            "plumbline check --rule adam --format bfloat16 --case adam/gaussian/x "
            "--dialect paper --modifier none -- python3 'my subject.py'");
  EXPECT_EQ(command(4),
            "plumbline check --schedule cosine_annealing "
            "--case cosine_annealing/spike/y -- python3 'my subject.py'");
  report.command.clear();
  report.seed = 7;
  report.budget = 2.5;
  report.dialect = "pytorch";
  EXPECT_EQ(command(5),
            "plumbline check --clipping global_norm --format binary32 --seed 7 "
            "--budget 2.5 --dialect pytorch");
}

TEST(Reproduce, LeavesAFalseClaimToTheSubject) {
  // It follows "epsilon_hat" throughout but claims another: held to what it follows, the
  // deviation would not show.
  Report report = report_of({make("adam", "binary32", Verdict::deviates)});
  Finding& finding = report.results[0].result.finding;
  finding.dialect = "epsilon_hat";
  finding.nearest = {{"epsilon_hat", 0.4, 0}, {"paper", 9, 3}};
  EXPECT_FALSE(contains(reproduce_command(report, report.results[0].result), "--dialect"));
}

TEST(Reproduce, QuotesForTheShell) {
  const std::vector<std::string> texts{
      "plain", "",  "two words", "it's", "$HOME `id` \\ \"!\"", "*?[a]",
      "a\nb",  "~", "-n",        "#x",   "a=b;c&d|e>f",         "''\\'"};
  std::string command = "printf '%s\\n'";
  std::string expected;
  for (const std::string& text : texts) {
    command += " " + shell_quoted(text);
    expected += text + "\n";
  }
  const std::string outer = "sh -c " + shell_quoted(command);
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(outer.c_str(), "r"), pclose);
  ASSERT_TRUE(pipe);
  std::string printed;
  std::array<char, 256> buffer;
  for (std::size_t size = 0; (size = fread(buffer.data(), 1, buffer.size(), pipe.get())) > 0;) {
    printed.append(buffer.data(), size);
  }
  EXPECT_EQ(printed, expected);
  EXPECT_TRUE(matches(glob_escaped("a*[b]?\\"), "a*[b]?\\"));
  EXPECT_FALSE(matches(glob_escaped("a*"), "ab"));
}

// Expectation files

const std::string two_known = R"({"expectations": [
  {"name": "adam/bfloat16", "verdict": "deviates", "reason": "coarse", "case": "adam/gauss*",
   "dialect": "pytorch", "modifiers": []},
  {"name": "ada*", "verdict": "unsupported", "reason": "not built", "link": "https://l"}]})";

Report known_report() {
  return report_of({make("adam", "bfloat16", Verdict::deviates),
                    make("adagrad", "binary32", Verdict::unsupported),
                    make("sgd", "binary32", Verdict::conforms)});
}

TEST(Expectations, TheFirstEntryThatMatchesWins) {
  const Report report = held(known_report(), two_known);
  EXPECT_TRUE(all_as_expected(report));
  EXPECT_EQ(report.results[0].expectation->reason, "coarse");
  EXPECT_EQ(report.results[1].expectation->link, "https://l");
  EXPECT_EQ(report.results[2].expectation->reason, "");
  EXPECT_EQ(exit_code(report), 0);
}

TEST(Expectations, NamesAreMatchedWithAndWithoutKindAndFormat) {
  for (const char* name : {"adam", "rule/adam", "adam/binary32", "rule/adam/binary32", "*/binary32",
                           "rule/*", "a?am"}) {
    const Expectation entry{.name = name, .reason = "r"};
    const Report report = report_of({make("adam", "binary32", Verdict::conforms)});
    EXPECT_EQ(coverage_of({&entry, 1}, report.results, {}).covered[0].size(), 1U) << name;
  }
  // The format of a schedule is found out, so a task that has not run has none.
  EXPECT_EQ(expectation_names({Kind::schedule, "cosine", "binary32"}),
            expectation_names({Kind::schedule, "cosine", ""}));
}

TEST(Expectations, WhatIsNotListedMustConform) {
  const Report report = held(known_report(), "[]");
  EXPECT_FALSE(report.results[0].expectation->as_expected);
  EXPECT_FALSE(report.results[1].expectation->as_expected) << "skipping is stated, too";
  EXPECT_TRUE(report.results[2].expectation->as_expected);
  EXPECT_EQ(exit_code(report), 1);
}

TEST(Expectations, AnEntryThatIsBetteredOrOtherwiseFails) {
  const Report bettered = held(report_of({make("adam", "binary32", Verdict::conforms)}),
                               R"([{"name": "adam", "verdict": "deviates", "reason": "r"}])");
  EXPECT_TRUE(contains(bettered.results[0].expectation->message, "better than expected"));
  EXPECT_EQ(exit_code(bettered), 1);
  for (const char* otherwise :
       {R"({"name": "adam", "verdict": "error", "reason": "r"})",
        R"({"name": "adam", "verdict": "deviates", "reason": "r", "dialect": "onnx"})",
        R"({"name": "adam", "verdict": "deviates", "reason": "r", "modifiers": ["m"]})",
        R"({"name": "adam", "verdict": "deviates", "reason": "r", "case": "adam/spike/*"})"}) {
    const Report report = held(report_of({make("adam", "binary32", Verdict::deviates)}),
                               "[" + std::string(otherwise) + "]");
    EXPECT_FALSE(report.results[0].expectation->as_expected) << otherwise;
    EXPECT_EQ(exit_code(report), 1);
  }
}

TEST(Expectations, AnEntryThatCoversNothingIsAProblem) {
  const Report gone =
      held(known_report(), R"([{"name": "adan", "verdict": "deviates", "reason": "r"},
    {"name": "ada*", "verdict": "deviates", "reason": "r"},
    {"name": "adagrad", "verdict": "unsupported", "reason": "r"}])");
  ASSERT_EQ(gone.expectation_problems.size(), 2U);
  EXPECT_EQ(gone.expectation_problems[0],
            "known.json: entry 1 (\"adan\") matches nothing that is checked");
  EXPECT_TRUE(contains(gone.expectation_problems[1], "entry 3"));
}

TEST(Expectations, AnEntryForWhatWasLeftOutIsNoProblem) {
  const std::string file = R"([{"name": "lion", "verdict": "deviates", "reason": "r"}])";
  const Report conforming = report_of({make("sgd", "binary32", Verdict::conforms)});
  EXPECT_FALSE(all_as_expected(held(conforming, file)));
  EXPECT_TRUE(all_as_expected(held(conforming, file, {{Kind::rule, "lion", "binary32"}})));
}

TEST(Expectations, SkippingIsBudgeted) {
  const auto file = [](int most) {
    return R"([{"name": "*", "verdict": "unsupported", "reason": "r", "at_most": )" +
           std::to_string(most) + "}]";
  };
  const Report report = report_of({make("adam", "binary32", Verdict::unsupported),
                                   make("adamw", "binary32", Verdict::unsupported)});
  EXPECT_TRUE(all_as_expected(held(report, file(2))));
  const Report over = held(report, file(1));
  ASSERT_EQ(over.expectation_problems.size(), 1U);
  EXPECT_TRUE(contains(over.expectation_problems[0], "covers 2 results"));
}

TEST(Expectations, UnexplainedReasonsAreCountedOut) {
  const Report report =
      held(report_of({make("adam", "binary32", Verdict::deviates)}),
           R"([{"name": "*", "verdict": "deviates", "reason": "unexplained: x"}])");
  EXPECT_TRUE(all_as_expected(report));
  EXPECT_TRUE(contains(console_report(report, false),
                       "unexplained in the expectation file: adam/binary32"));
}

TEST(Expectations, ErrorsNameTheEntryAndTheField) {
  const std::string good = R"("name": "a", "verdict": "deviates", "reason": "r")";
  EXPECT_EQ(parse_error("[{" + good + "}]"), "no error");
  EXPECT_EQ(parse_error(R"([{"name": "a", "verdict": "deviates"}])"),
            "known.json: entry 1: \"reason\" is missing");
  EXPECT_EQ(parse_error(R"([{"name": "a", "verdict": "deviates", "reason": " "}])"),
            "known.json: entry 1: \"reason\" is empty");
  EXPECT_EQ(parse_error("[{" + good + "}, {" + good + R"(, "reasons": 1}])"),
            "known.json: entry 2: \"reasons\" is not a field of an entry");
  EXPECT_TRUE(contains(parse_error(R"([{"name": "a", "verdict": "fails", "reason": "r"}])"),
                       "\"verdict\" is none of"));
  EXPECT_TRUE(contains(parse_error("[{" + good + R"(, "at_most": 0}])"), "\"at_most\""));
  EXPECT_TRUE(contains(parse_error("[{" + good + R"(, "modifiers": "m"}])"), "\"modifiers\""));
  EXPECT_TRUE(
      contains(parse_error(R"([{"name": "a", "verdict": "conforms", "reason": "r", "case": "c"}])"),
               "\"case\""));
  EXPECT_TRUE(contains(parse_error(R"({"expectation": []})"), "\"expectation\""));
  for (const char* broken : {"", "[", "3", "[3]", "{}", R"([{"name": "a", "name": "b"}])"}) {
    const std::string message = parse_error(broken);
    EXPECT_TRUE(message.starts_with("known.json: ")) << message;
    EXPECT_FALSE(contains(message, "\n"));
  }
}

// --fix

/// The file after --fix, after which the same report must be as expected, and fixing again
/// must change nothing.
nlohmann::json fixed(const Report& report, const std::string& file,
                     std::vector<Task> left_out = {}) {
  std::vector<Task> tasks = tasks_of(report);
  tasks.insert(tasks.end(), left_out.begin(), left_out.end());
  const std::string text = fix_expectations(file, "known.json", report, tasks);
  EXPECT_TRUE(all_as_expected(held(report, text, left_out))) << text;
  EXPECT_EQ(fix_expectations(text, "known.json", report, tasks), text);
  return nlohmann::json::parse(text);
}

TEST(FixedExpectations, KeepWhatHolds) {
  EXPECT_EQ(fixed(known_report(), two_known), nlohmann::json::parse(two_known));
}

TEST(FixedExpectations, DropWhatIsGoneAndBettered) {
  const Report report = report_of({make("adam", "binary32", Verdict::conforms)});
  EXPECT_EQ(fixed(report, R"([{"name": "gone", "verdict": "deviates", "reason": "r"},
                              {"name": "adam", "verdict": "deviates", "reason": "r"},
                              {"name": "ad*", "verdict": "error", "reason": "r"}])"),
            nlohmann::json::array());
}

TEST(FixedExpectations, UpdateWhatChangedAndKeepTheReason) {
  const auto list =
      fixed(report_of({make("adam", "binary32", Verdict::deviates)}),
            R"([{"reason": "why", "name": "adam", "verdict": "error", "case": "x"}])");
  EXPECT_EQ(list, nlohmann::json::parse(R"([{"reason": "why", "name": "adam",
                     "verdict": "deviates", "case": "adam/gaussian/x"}])"));
}

TEST(FixedExpectations, GiveOneOfManyAnEntryOfItsOwn) {
  const Report report = report_of({make("adam", "binary64", Verdict::unsupported),
                                   make("adam", "binary32", Verdict::conforms),
                                   make("adam", "bfloat16", Verdict::deviates)});
  const auto list = fixed(report, R"([{"name": "adam", "verdict": "unsupported", "reason": "r"}])");
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0]["name"], "rule/adam/binary32");
  EXPECT_EQ(list[0]["verdict"], "conforms");
  EXPECT_EQ(list[1]["verdict"], "deviates");
  EXPECT_EQ(list[1]["reason"], "r");
  EXPECT_EQ(list[2]["name"], "adam");
}

TEST(FixedExpectations, AddWhatIsMissing) {
  const auto list = fixed(mixed_report(), "[]");
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0], nlohmann::json::parse(R"({"name": "rule/adam/bfloat16",
                "verdict": "deviates", "reason": "unexplained: written by --fix"})"));
  EXPECT_EQ(list[2]["name"], "schedule/cosine_annealing");
}

TEST(FixedExpectations, LeaveAloneWhatDidNotRun) {
  const std::string file = R"([{"name": "a*", "verdict": "deviates", "reason": "r"}])";
  const Report report = report_of({make("adam", "binary32", Verdict::conforms)});
  const auto list = fixed(report, file, {{Kind::rule, "adamw", "binary32"}});
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0]["name"], "rule/adam/binary32");
  EXPECT_EQ(list[1], nlohmann::json::parse(file)[0]);
}

TEST(FixedExpectations, RaiseTheBudget) {
  const Report report = report_of({make("adam", "binary32", Verdict::unsupported),
                                   make("adamw", "binary32", Verdict::unsupported)});
  const auto list =
      fixed(report, R"([{"name": "*", "verdict": "unsupported", "reason": "r", "at_most": 1}])");
  EXPECT_EQ(list[0]["at_most"], 2);
}

TEST(FixedExpectations, FitWhateverTheFileWas) {
  std::mt19937 random(1);
  const auto pick = [&](const auto& some) { return some[random() % std::size(some)]; };
  const std::array names{"*", "adam", "ad*", "*/binary32", "rule/adamw/*", "lion", "gone"};
  const std::array verdicts{Verdict::conforms, Verdict::deviates, Verdict::unsupported,
                            Verdict::error};
  for (int round = 0; round < 500; ++round) {
    std::vector<Result> results;
    for (const char* name : {"adam", "adamw"}) {
      for (const char* format : {"binary64", "binary32"}) {
        results.push_back(make(name, format, pick(verdicts)));
      }
    }
    nlohmann::json list = nlohmann::json::array();
    for (auto entries = random() % 6; entries > 0; --entries) {
      const Verdict verdict = pick(verdicts);
      nlohmann::json entry{{"name", pick(names)}, {"verdict", name_of(verdict)}, {"reason", "r"}};
      if (random() % 3 == 0) entry["at_most"] = 1 + random() % 3;
      if (verdict == Verdict::deviates && random() % 2 == 0) entry["case"] = "adam/*";
      if (verdict == Verdict::conforms && random() % 2 == 0) entry["dialect"] = "onnx";
      list.push_back(entry);
    }
    fixed(report_of(results), list.dump(), {{Kind::rule, "lion", "binary32"}});
    if (HasFailure()) FAIL() << list.dump(2);
  }
}

// Exit codes

TEST(ExitCode, IsTheContracts) {
  const auto of = [](const std::vector<Verdict>& verdicts) {
    std::vector<Result> results;
    for (const Verdict verdict : verdicts) results.push_back(make("adam", "binary32", verdict));
    return exit_code(report_of(std::move(results)));
  };
  EXPECT_EQ(of({Verdict::conforms, Verdict::unsupported}), 0);
  EXPECT_EQ(of({Verdict::conforms, Verdict::deviates}), 1);
  EXPECT_EQ(of({Verdict::deviates, Verdict::error}), 3) << "3 wins";
  EXPECT_EQ(of({Verdict::unsupported}), 3) << "nothing was checked";
  EXPECT_EQ(of({}), 3);
  Report partial = report_of({make("adam", "binary32", Verdict::conforms)});
  partial.complete = false;
  EXPECT_EQ(exit_code(partial), 3);
}

TEST(ExitCode, TakesExpectationsIntoAccount) {
  const Report failing = report_of({make("adam", "binary32", Verdict::error)});
  EXPECT_EQ(exit_code(held(failing, R"([{"name": "*", "verdict": "error", "reason": "r"}])")), 0);
  EXPECT_EQ(exit_code(held(failing, R"([{"name": "*", "verdict": "deviates", "reason": "r"}])")),
            3);
  const Report good = report_of({make("adam", "binary32", Verdict::conforms)});
  EXPECT_EQ(exit_code(held(good, R"([{"name": "gone", "verdict": "error", "reason": "r"}])")), 1);
}

}  // namespace
}  // namespace plumbline::conformance
