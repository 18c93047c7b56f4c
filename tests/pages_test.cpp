// The HTML pages as text: nothing that is put on them can become a part of them. What they
// look like and do is tested in a browser, pages/pages.py.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "reference/numbers/certified_decimal.hpp"
#include "tools/pages/claims_page.hpp"
#include "tools/pages/page.hpp"
#include "tools/pages/theorems_page.hpp"

namespace {

using namespace plumbline::tools;
using nlohmann::ordered_json;
using plumbline::six_digits;

constexpr const char* hostile = "\"'><!--</script><script>alert(1)</script>&amp;";

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

TEST(Page, JsonInAScriptStaysThereAndIsTheSame) {
  const ordered_json data{{hostile, hostile}, {"number", 1}};
  const std::string text = json_for_script(data);
  EXPECT_EQ(text.find('<'), std::string::npos);
  EXPECT_EQ(ordered_json::parse(text), data);
}

TEST(Page, SixDigitsOfADecimalOfAnySize) {
  EXPECT_EQ(six_digits("0.33333333333333333333"), "0.333333");
  EXPECT_EQ(six_digits("2.5469111889835800000e49"), "2.54691e+49");
  EXPECT_EQ(six_digits("1.5e-400"), "1.5e-400");
  EXPECT_EQ(six_digits("-1.7563096244414925734"), "-1.75631");
  EXPECT_EQ(six_digits("1.5e-40000000"), "1.5e-40000000") << "beyond every long double";
}

TEST(Page, FilterOffersWhatThereIs) {
  const std::vector<Choice> choices{{"verdict", {"holds", hostile}}};
  const std::string form = filter_form("claims", choices);
  EXPECT_NE(form.find("<option>holds</option>"), std::string::npos);
  EXPECT_EQ(form.find("<script"), std::string::npos);
}

ordered_json claim(const std::string& text, const std::string& verdict) {
  return {{"id", text},
          {"document", text},
          {"line", 7},
          {"sentence", text},
          {"computed", text},
          {"verdict", verdict},
          {"condition", text},
          {"figures", {{{"name", text}, {"value", text}}}},
          {"counterexample", text},
          {"reproduce", text}};
}

TEST(ClaimsPage, HostileTextIsText) {
  const ordered_json harmless{{"claims", {claim("plain", "refuted")}},
                              {"summary", {{"refuted", 1}}}};
  const ordered_json bad{{"claims", {claim(hostile, hostile)}}, {"summary", {{hostile, 1}}}};
  const std::string page = claims_page(bad);
  EXPECT_EQ(count(page, "<script"), count(claims_page(harmless), "<script"));
  EXPECT_EQ(count(page, "</script"), count(claims_page(harmless), "</script"));
  EXPECT_EQ(count(page, "<!--"), 0U);
  EXPECT_GE(count(page, "&lt;script&gt;alert(1)"), 8U);
}

TEST(ClaimsPage, CountsByVerdict) {
  const std::string page =
      claims_page({{"claims", {claim("a", "holds"), claim("b", "refuted"), claim("c", "refuted")}},
                   {"summary", {{"holds", 1}, {"refuted", 2}}}});
  EXPECT_NE(page.find("3 claims: 1 holds, 2 refuted"), std::string::npos);
  EXPECT_EQ(count(page, "data-verdict=\"refuted\""), 2U);
}

ordered_json theorem_report(const std::string& text, bool with_series) {
  ordered_json run{{"name", text},
                   {"role", "control"},
                   {"objective", text},
                   {"rule", text},
                   {"dialect", text},
                   {"hyperparameters", {{"learning_rate", 0.5}}},
                   {"verdict", with_series ? "violated" : "unsupported"},
                   {"as_expected", true},
                   {"failed_hypotheses", {text}},
                   {"relation", "at most"},
                   {"attained", false},
                   {"attained_exactly", false},
                   {"scale", "log-log"},
                   {"series", ordered_json::array()}};
  if (with_series) {
    run["series"] = {{{"step", 1}, {"observed", "2.5e400"}, {"bound", "1"}}};
    run["counterexample"] = {
        {"step", 1}, {"observed", "2.5e400"}, {"bound", "1"}, {"of", "bound"}, {"point", {text}}};
  }
  ordered_json theorem{
      {"id", text},        {"title", text},
      {"statement", text}, {"hypotheses", {text}},
      {"bound", text},     {"tight", text},
      {"source", text},    {"verdict", with_series ? "does not hold" : "unsupported"},
      {"runs", {run}}};
  return {{"plumbline", text},
          {"subject", {{"name", text}, {"version", text}}},
          {"theorems", {theorem}}};
}

TEST(TheoremsPage, HostileTextIsText) {
  const std::string page = theorems_page(theorem_report(hostile, true));
  const std::string harmless = theorems_page(theorem_report("plain", true));
  EXPECT_EQ(count(page, "<script"), count(harmless, "<script"));
  EXPECT_EQ(count(page, "</script"), count(harmless, "</script"));
  EXPECT_EQ(count(page, "<!--"), 0U);
}

TEST(TheoremsPage, SaysWhatASubjectHasNoPlaceFor) {
  const std::string page = theorems_page(theorem_report("plain", false));
  EXPECT_NE(page.find("0 of 1 theorems hold"), std::string::npos);
  EXPECT_NE(page.find("held against plain plain"), std::string::npos);
  EXPECT_EQ(count(page, "<figure class=\"series\""), 0U) << "nothing to draw";
  EXPECT_EQ(count(theorems_page(theorem_report("plain", true)), "<figure class=\"series\""), 1U);
}

}  // namespace
