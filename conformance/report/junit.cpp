#include "conformance/report/junit.hpp"

#include <fmt/format.h>

#include <pugixml.hpp>
#include <sstream>

#include "conformance/report/reproduce.hpp"
#include "conformance/report/wording.hpp"
#include "conformance/report/xml_text.hpp"
#include "reference/numbers/decimal_text.hpp"

namespace plumbline::conformance {
namespace {

void set(pugi::xml_node node, const char* name, std::string_view text) {
  node.append_attribute(name) = xml_text(text).c_str();
}

void set_text(pugi::xml_node node, std::string_view text) {
  node.append_child(pugi::node_pcdata).set_value(xml_text(text).c_str());
}

/// A suite, with its test cases counted as they are added.
class Suite {
 public:
  Suite(pugi::xml_node parent, std::string_view name) : node_(parent.append_child("testsuite")) {
    set(node_, "name", name);
    for (const char* count : {"tests", "failures", "errors", "skipped"}) {
      node_.append_attribute(count) = 0;
    }
  }
  pugi::xml_node node() const { return node_; }

  pugi::xml_node add_case(std::string_view class_name, std::string_view name) {
    count("tests");
    const pugi::xml_node test_case = node_.append_child("testcase");
    set(test_case, "classname", class_name);
    set(test_case, "name", name);
    return test_case;
  }
  void fail(pugi::xml_node test_case, std::string_view message, std::string_view body) {
    end(test_case, "failures", "failure", message, body);
  }
  void error(pugi::xml_node test_case, std::string_view message, std::string_view body) {
    end(test_case, "errors", "error", message, body);
  }
  void skip(pugi::xml_node test_case, std::string_view message) {
    end(test_case, "skipped", "skipped", message, "");
  }

 private:
  pugi::xml_node node_;

  void count(const char* attribute) {
    pugi::xml_attribute counter = node_.attribute(attribute);
    counter = counter.as_int() + 1;
  }
  void end(pugi::xml_node test_case, const char* counter, const char* element,
           std::string_view message, std::string_view body) {
    count(counter);
    pugi::xml_node ending = test_case.append_child(element);
    set(ending, "message", message);
    if (!body.empty()) set_text(ending, body);
  }
};

std::string body_of(const Report& report, const Result& result) {
  std::string body;
  for (const Fact& fact : facts_of(result)) {
    body += fmt::format("{}: {}\n", fact.label, fact.text);
  }
  if (worth_reproducing(result.finding)) {
    body += fmt::format("reproduce: {}\n", reproduce_command(report, result));
  }
  return body;
}

void add_result(Suite& suite, const Report& report, const ReportedResult& reported) {
  const Result& result = reported.result;
  const Finding& finding = result.finding;
  const auto& expectation = reported.expectation;
  const pugi::xml_node test_case =
      suite.add_case(fmt::format("plumbline.{}", name_of(result.task.kind)), label_of(result.task));
  const bool as_expected = expectation && expectation->as_expected;
  const std::string reason = !expectation || expectation->reason.empty() ? std::string()
                             : expectation->link.empty()
                                 ? expectation->reason
                                 : expectation->reason + " (" + expectation->link + ")";
  if (finding.verdict == Verdict::unsupported && (as_expected || !expectation)) {
    suite.skip(test_case, as_expected && !reason.empty() ? reason : finding.unsupported_reason);
    return;
  }
  if (as_expected) {
    if (!reason.empty()) {
      set_text(pugi::xml_node(test_case).append_child("system-out"),
               fmt::format("{}, as expected: {}\n", headline(result), reason));
    }
    return;
  }
  if (!expectation && finding.verdict == Verdict::conforms) return;
  std::string message = headline(result);
  if (expectation) message += "; " + expectation->message;
  if (finding.verdict == Verdict::error) {
    suite.error(test_case, message, body_of(report, result));
  } else {
    suite.fail(test_case, message, body_of(report, result));
  }
}

void add_properties(pugi::xml_node suite, const Report& report) {
  pugi::xml_node properties = suite.append_child("properties");
  const auto add = [&](std::string_view name, std::string_view value) {
    const pugi::xml_node property = properties.append_child("property");
    set(property, "name", name);
    set(property, "value", value);
  };
  add("subject", report.subject.name + " " + report.subject.version);
  add("seed", std::to_string(report.seed));
  add("budget", shortest_decimal(report.budget));
}

void add_run(pugi::xml_node suites, const Report& report) {
  const bool checked = anything_checked(report);
  if (report.complete && checked && report.expectation_problems.empty()) return;
  Suite suite(suites, "run");
  for (const std::string& problem : report.expectation_problems) {
    suite.fail(suite.add_case("plumbline.run", "expectations"), problem, "");
  }
  if (!report.complete) {
    suite.error(suite.add_case("plumbline.run", "complete"), "the report is incomplete",
                report.incomplete_reason);
  }
  if (!checked) {
    suite.error(suite.add_case("plumbline.run", "checked"), "nothing was checked", "");
  }
}

}  // namespace

std::string junit_report(const Report& report) {
  pugi::xml_document document;
  pugi::xml_node suites = document.append_child("testsuites");
  set(suites, "name", "plumbline");
  for (const Kind kind : all_kinds) {
    std::optional<Suite> suite;
    for (const ReportedResult& reported : report.results) {
      if (reported.result.task.kind != kind) continue;
      if (!suite) {
        suite.emplace(suites, name_of(kind));
        add_properties(suite->node(), report);
      }
      add_result(*suite, report, reported);
    }
  }
  add_run(suites, report);
  std::ostringstream stream;
  document.save(stream, "  ", pugi::format_indent, pugi::encoding_utf8);
  return std::move(stream).str();
}

}  // namespace plumbline::conformance
