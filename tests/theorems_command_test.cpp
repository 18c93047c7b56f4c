// `plumbline theorems` as a script sees it: exit codes, JSON, and the same bytes twice.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

namespace {

struct Ran {
  int code;
  std::string output;
};

Ran run(const std::string& arguments) {
  const std::string command =
      std::string(PLUMBLINE_BINARY_DIR) + "/plumbline " + arguments + " 2>/dev/null";
  FILE* pipe = popen(command.c_str(), "r");
  std::string output;
  std::array<char, 65536> buffer;
  while (const std::size_t count = fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.append(buffer.data(), count);
  }
  const int status = pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

TEST(TheoremsCommand, WritesTheReport) {
  const Ran ran = run("theorems 'gd-*' descent-lemma --json -");
  EXPECT_EQ(ran.code, 0);
  const auto page = nlohmann::ordered_json::parse(ran.output);
  EXPECT_EQ(page["complete"], true);
  EXPECT_EQ(page.back(), page["complete"]) << "complete comes last";
  ASSERT_GE(page["theorems"].size(), 6U);
  for (const auto& theorem : page["theorems"]) {
    for (const char* key : {"id", "title", "statement", "bound", "tight", "source", "verdict"}) {
      EXPECT_TRUE(theorem.at(key).is_string()) << key;
    }
    EXPECT_EQ(theorem["verdict"], "holds");
    for (const auto& one : theorem["runs"]) {
      EXPECT_TRUE(one["role"] == "within" || one["role"] == "witness" || one["role"] == "control");
      EXPECT_EQ(one["verdict"], one["role"] == "control" ? "violated" : "holds");
      EXPECT_EQ(one.contains("counterexample"), one["role"] == "control");
      EXPECT_GE(one["precision"], 192);
      ASSERT_FALSE(one["series"].empty());
      EXPECT_TRUE(one["series"][0]["observed"].is_string());
    }
  }
  EXPECT_EQ(run("theorems 'gd-*' descent-lemma --json -").output, ran.output);
}

TEST(TheoremsCommand, ListsAndShows) {
  const auto list = nlohmann::json::parse(run("list theorems --json -").output);
  ASSERT_GE(list.size(), 11U);
  for (const auto& entry : list) EXPECT_FALSE(entry.at("name").get<std::string>().empty());
  const Ran shown = run("show gd-convex");
  EXPECT_EQ(shown.code, 0);
  EXPECT_NE(shown.output.find("Drori and Teboulle"), std::string::npos);
  // lbfgs is a rule, and a theorem.
  EXPECT_NE(run("show lbfgs").output.find("Hyperparameters"), std::string::npos);
  EXPECT_NE(run("show theorem/lbfgs").output.find("Hypotheses"), std::string::npos);
  EXPECT_EQ(run("show theorem/nothing").code, 2);
  const auto page = nlohmann::json::parse(run("show gd-convex --json -").output);
  for (const char* key : {"statement", "hypotheses", "bound", "tight", "source"}) {
    EXPECT_TRUE(page.contains(key)) << key;
  }
}

TEST(TheoremsCommand, ASettingOfOnesOwn) {
  EXPECT_EQ(run("theorems gd-convex --eta 0.1 --objective quadratic --steps 20").code, 0);
  const Ran too_far = run("theorems gd-convex --eta 0.3 --steps 20");
  EXPECT_EQ(too_far.code, 1);
  EXPECT_NE(too_far.output.find("hypothesis fails: 0 < eta <= 1/L"), std::string::npos);
  const Ran other = run("theorems gd-convex --rule momentum --set momentum=0.5 --eta 0.1");
  EXPECT_EQ(other.code, 0);
  EXPECT_NE(other.output.find("hypothesis fails: the rule is gradient_descent"), std::string::npos);
}

TEST(TheoremsCommand, HoldsASubjectToThem) {
  const std::string subject = std::string(" -- ") + PLUMBLINE_BINARY_DIR + "/plumbline subject";
  const Ran honest = run("theorems gd-convex heavy-ball-quadratic --json -" + subject);
  EXPECT_EQ(honest.code, 0);
  const auto page = nlohmann::ordered_json::parse(honest.output);
  EXPECT_EQ(page["subject"]["name"], "plumbline built-in subject");
  EXPECT_TRUE(page["theorems"][0]["runs"][0]["series"][0]["radius"].is_string());
  EXPECT_EQ(run("theorems gd-convex" + subject + " --mutant gradient_descent/sign").code, 1);
  EXPECT_EQ(run("theorems gd-convex -- /nonexistent/subject").code, 3);
  EXPECT_EQ(run("theorems gd-convex -- true").code, 3);
  EXPECT_EQ(run("theorems descent-lemma" + subject).code, 3) << "nothing was checked";
  EXPECT_EQ(run("theorems gd-convex --eta 0.1" + subject).code, 2);
}

TEST(TheoremsCommand, WrongUsageIsTwo) {
  EXPECT_EQ(run("theorems no-such-theorem").code, 2);
  EXPECT_EQ(run("theorems gd-convex --objective nothing").code, 2);
  EXPECT_EQ(run("theorems gd-convex --rule nothing").code, 2);
  EXPECT_EQ(run("theorems gd-convex --set momentum").code, 2);
  EXPECT_EQ(run("theorems gd-convex --set momentum=x").code, 2);
  EXPECT_EQ(run("theorems gd-convex --objective rosenbrock --eta 0.1").code, 2) << "no L";
  EXPECT_EQ(run("theorems descent-lemma --eta 0.1").code, 2) << "no rule in it";
  EXPECT_EQ(run("theorems gd-convex --eta 0.1 --steps 0").code, 2);
}

TEST(TheoremsCommand, PrintsARatioThatDoubleDoesNotHold) {
  const Ran ran = run("theorems gd-convex --eta 3 --steps 200");
  EXPECT_EQ(ran.code, 1) << ran.output;
  EXPECT_NE(ran.output.find("violated"), std::string::npos);
  EXPECT_NE(ran.output.find("e+309 at "), std::string::npos) << ran.output;
}

}  // namespace
