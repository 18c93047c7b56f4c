// What a subject can do wrong, and that the harness comes out of it: told, in
// time, and with nothing left behind. The bad subjects are in
// tests/subjects/bad_subject.py, the good one is validating_subject.py there.
#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <chrono>
#include <clocale>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <ostream>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "conformance/transport/bounded_json.hpp"
#include "conformance/transport/child_process.hpp"
#include "conformance/transport/number_text.hpp"
#include "conformance/transport/printable_text.hpp"
#include "conformance/transport/subject_process.hpp"

namespace plumbline::conformance {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

const std::string subjects = PLUMBLINE_SOURCE_DIR "/tests/subjects/";

std::vector<std::string> bad_subject(const std::string& fault) {
  return {"/usr/bin/python3", "-S", "-E", subjects + "bad_subject.py", fault};
}

std::vector<std::string> validating_subject() {
  return {"/usr/bin/python3", subjects + "validating_subject.py"};
}

std::ptrdiff_t open_descriptors() {
  std::ptrdiff_t count = 0;
  DIR* directory = opendir("/proc/self/fd");
  while (readdir(directory) != nullptr) ++count;
  closedir(directory);
  return count;
}

// What a child may have open: its streams, and what this test was itself given.
std::vector<int> descriptors_of_a_child() {
  std::vector<int> numbers = {0, 1, 2};
  for (int number = 3; number < 1024; ++number) {
    const int flags = fcntl(number, F_GETFD);
    if (flags >= 0 && (flags & FD_CLOEXEC) == 0) numbers.push_back(number);
  }
  return numbers;
}

bool still_runs(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string number, name, state;
  return file >> number >> name >> state && state != "Z";
}

// Every test leaves no child, no descriptor and no change of a signal behind.
class Transport : public testing::Test {
 protected:
  void SetUp() override { descriptors_before_ = open_descriptors(); }
  void TearDown() override {
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD) << "a child process is left";
    EXPECT_EQ(open_descriptors(), descriptors_before_);
    struct sigaction action;
    sigaction(SIGPIPE, nullptr, &action);
    EXPECT_EQ(action.sa_handler, SIG_DFL);
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, nullptr, &mask);
    EXPECT_EQ(sigismember(&mask, SIGPIPE), 0);
  }

 private:
  std::ptrdiff_t descriptors_before_ = 0;
};

void expect_fault(const Reply& reply, Fault fault, const std::string& says) {
  EXPECT_EQ(fault_text(reply.fault), fault_text(fault)) << reply.message;
  EXPECT_FALSE(reply.ok() || reply.unsupported() || reply.refused());
  EXPECT_NE(reply.message.find(says), std::string::npos) << reply.message;
  EXPECT_LT(reply.message.size(), 800u);
  EXPECT_EQ(reply.message, printable_line(reply.message, reply.message.size()));
}

// One fault in the middle of a healthy exchange.

struct FaultRow {
  std::string fault;
  Fault kind;
  std::string says;
};

void PrintTo(const FaultRow& row, std::ostream* stream) {
  *stream << row.fault;
}

class FaultInACall : public Transport, public testing::WithParamInterface<FaultRow> {};

TEST_P(FaultInACall, IsToldInTimeAndNothingIsLeft) {
  const FaultRow& row = GetParam();
  const bool hangs = row.kind == Fault::timed_out;
  Limits limits;
  limits.reply_bytes = 300000;
  limits.json.memory_bytes = 8 << 20;
  SubjectProcess subject(bad_subject(row.fault), limits);
  ASSERT_TRUE(subject.call("describe", {{"protocol", 1}}).ok());

  const auto start = Clock::now();
  const Reply reply = subject.call("break", {{"what", 1}}, {.timeout = hangs ? 300ms : 10s});
  expect_fault(reply, row.kind, row.says);
  EXPECT_LT(Clock::now() - start, 4s);
  EXPECT_GE(Clock::now() - start, hangs ? 300ms : 0ms);

  EXPECT_FALSE(subject.alive());
  const auto again = Clock::now();
  expect_fault(subject.call("describe", {}), row.kind, row.says);
  expect_fault(subject.shutdown(), row.kind, row.says);
  EXPECT_LT(Clock::now() - again, 100ms);
}

const std::vector<FaultRow> fault_rows = {
    {"exits_with_zero", Fault::exited, "exited with code 0 before it answered `break`"},
    {"exits_with_three", Fault::exited, "exited with code 3 before it answered `break`"},
    {"segfaults", Fault::killed_by_signal, "killed by signal 11 (SIGSEGV)"},
    {"kills_itself", Fault::killed_by_signal, "killed by signal 9 (SIGKILL)"},
    {"half_a_line_then_exits", Fault::exited,
     "exited with code 0 before it answered `break`, in the middle of a line: "
     "`{\"jsonrpc\": \"2.0\", \"id\"`"},
    {"leaves_a_grandchild", Fault::exited, "exited with code 5"},
    {"leaves_a_daemon", Fault::exited, "exited with code 6"},
    {"forks_and_the_parent_exits", Fault::exited, "exited with code 0"},

    {"hangs", Fault::timed_out, "gave no answer to `break` within 300 ms"},
    {"half_a_line_then_hangs", Fault::timed_out, "but half a line: `{\"jsonrpc\""},
    {"ignores_terminate_and_hangs", Fault::timed_out, "gave no answer to `break`"},
    {"changes_its_group_and_hangs", Fault::timed_out, "gave no answer to `break`"},
    {"floods_stderr_for_ever", Fault::timed_out, "gave no answer to `break`"},

    {"closes_stdout", Fault::protocol, "closed its standard output before it answered `break`"},
    {"floods_stdout", Fault::protocol, "more than 300000 bytes without an end: `xxxx"},
    {"nests_deeply", Fault::protocol, "nested more than 256 levels deep"},
    {"nests_objects_deeply", Fault::protocol, "more than 300000 bytes"},
    {"swells_in_memory", Fault::protocol, "more than 300000 bytes"},
    {"garbage", Fault::protocol, "near `Hello, I am a \\x1b[31msubject\\x1b[0m!`"},
    {"long_garbage", Fault::protocol, "more than 300000 bytes"},
    {"empty_line", Fault::protocol, "an empty line"},
    {"nan_token", Fault::protocol, "NaN"},
    {"huge_number", Fault::protocol, "a number beyond binary64"},
    {"an_array", Fault::protocol, "not an object but of type array: `[1, 2]`"},
    {"ill_formed_utf8", Fault::protocol, "ill-formed UTF-8"},
    {"nul_byte", Fault::protocol, "a NUL at byte"},
    {"name_twice", Fault::protocol, "has the name \"result\" twice"},
    {"no_jsonrpc", Fault::protocol, "no `jsonrpc`"},
    {"old_jsonrpc", Fault::protocol, "a `jsonrpc` that is not \"2.0\""},
    {"no_id", Fault::protocol, "no `id`"},
    {"another_id", Fault::protocol, "under the id `42` instead of 2"},
    {"id_as_string", Fault::protocol, "under the id `\"2\"` instead of 2"},
    {"null_id", Fault::protocol, "could not read `break`: error -32700: Parse error"},
    {"both_result_and_error", Fault::protocol, "both `result` and `error`"},
    {"neither_result_nor_error", Fault::protocol, "neither `result` nor `error`"},
    {"error_without_code", Fault::protocol, "an error without an integer `code`"},
    {"line_ahead", Fault::protocol, "near `Loading the model...`"},
    {"asks", Fault::protocol, "asked for `objective/evaluate` while `break` ran"},
    {"asks_without_id", Fault::protocol, "no `id`"},
};

INSTANTIATE_TEST_SUITE_P(, FaultInACall, testing::ValuesIn(fault_rows),
                         [](const auto& row) { return row.param.fault; });

// Starting

TEST_F(Transport, AProgramThatIsNotThere) {
  SubjectProcess subject({"/nonexistent/subject", "--fast"});
  EXPECT_FALSE(subject.alive());
  expect_fault(subject.call("describe", {}), Fault::could_not_start,
               "could not start `/nonexistent/subject --fast`: No such file or directory");
}

TEST_F(Transport, AProgramThatIsNotInThePath) {
  SubjectProcess subject({"no-such-subject-anywhere"});
  expect_fault(subject.call("describe", {}), Fault::could_not_start, "No such file or directory");
}

TEST_F(Transport, AFileThatIsNoProgram) {
  SubjectProcess subject({subjects + "protocol.schema.json"});
  expect_fault(subject.call("describe", {}), Fault::could_not_start, "Permission denied");
}

TEST_F(Transport, AnEmptyCommand) {
  SubjectProcess nothing({});
  expect_fault(nothing.call("describe", {}), Fault::could_not_start, "the command is empty");
  SubjectProcess empty_word({""});
  expect_fault(empty_word.shutdown(), Fault::could_not_start, "the command is empty");
}

TEST_F(Transport, ItExitsBeforeItReads) {
  SubjectProcess subject(bad_subject("exits_at_once"));
  expect_fault(subject.call("describe", {}), Fault::exited, "exited with code 7");
}

TEST_F(Transport, WithTheHarnesssOwnStreamsClosed) {
  const int standard_input = dup(STDIN_FILENO), standard_output = dup(STDOUT_FILENO);
  close(STDIN_FILENO);
  close(STDOUT_FILENO);
  Reply reply;
  {
    SubjectProcess subject(bad_subject("healthy"));
    reply = subject.call("describe", {{"x", 1}});
    EXPECT_EQ(fcntl(STDIN_FILENO, F_GETFD), -1) << "a pipe stands for a standard stream";
    EXPECT_EQ(fcntl(STDOUT_FILENO, F_GETFD), -1) << "a pipe stands for a standard stream";
  }
  dup2(standard_input, STDIN_FILENO);
  dup2(standard_output, STDOUT_FILENO);
  close(standard_input);
  close(standard_output);
  EXPECT_TRUE(reply.ok()) << reply.message;
}

// What the harness sends is not read

TEST_F(Transport, ItNeverReadsARequestLargerThanThePipe) {
  SubjectProcess subject(bad_subject("never_reads"), {.call = 300ms});
  const auto start = Clock::now();
  const Reply reply = subject.call("describe", {{"values", std::string(4 << 20, 'v')}});
  expect_fault(reply, Fault::timed_out,
               "did not read all that it was sent for `describe` within 300 ms");
  EXPECT_LT(Clock::now() - start, 3s);
}

TEST_F(Transport, ItStopsReadingLater) {
  SubjectProcess subject(bad_subject("stops_reading_after_reply"));
  ASSERT_TRUE(subject.call("break", {}).ok());
  expect_fault(subject.call("next", {{"values", std::string(1 << 20, 'v')}}, {.timeout = 300ms}),
               Fault::timed_out, "bytes were left");
}

TEST_F(Transport, ItClosesItsInput) {
  SubjectProcess subject(bad_subject("closes_stdin_after_reply"));
  ASSERT_TRUE(subject.call("break", {}).ok());
  std::this_thread::sleep_for(100ms);
  const auto start = Clock::now();
  expect_fault(subject.call("next", {}, {.timeout = 400ms}), Fault::protocol,
               "closed its standard input before it had read `next`");
  EXPECT_LT(Clock::now() - start, 3s);
}

// Too much, too early, too late

TEST_F(Transport, ASecondReplyIsNoticedAtTheNextCall) {
  SubjectProcess subject(bad_subject("second_reply"));
  const Reply first = subject.call("break", {});
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first.result, "first");
  expect_fault(subject.call("next", {}), Fault::protocol, "that answer nothing before `next`");
}

TEST_F(Transport, ASecondReplyIsNoticedAtShutdown) {
  SubjectProcess subject(bad_subject("second_reply"));
  ASSERT_TRUE(subject.call("break", {}).ok());
  expect_fault(subject.shutdown(), Fault::protocol, "before `shutdown` was asked");
}

TEST_F(Transport, AReplyAheadOfItsRequest) {
  SubjectProcess subject(bad_subject("reply_ahead"));
  ASSERT_TRUE(subject.call("break", {}).ok());
  expect_fault(subject.call("next", {}), Fault::protocol, "that answer nothing");
}

TEST_F(Transport, AFloodOfLinesAfterAReply) {
  SubjectProcess subject(bad_subject("floods_lines_after_reply"), {.reply_bytes = 100000});
  ASSERT_TRUE(subject.call("break", {}).ok());
  // Told as what answers nothing, or, where it came a moment later, as a bad answer.
  expect_fault(subject.call("next", {}), Fault::protocol, "`next`");
}

TEST_F(Transport, AReplyBeforeItsEndCountsAndTheEndIsToldAtTheNextCall) {
  SubjectProcess subject(bad_subject("exits_after_reply"));
  const Reply last = subject.call("break", {});
  ASSERT_TRUE(last.ok()) << last.message;
  EXPECT_EQ(last.result, "last words");
  expect_fault(subject.call("next", {}), Fault::exited, "exited with code 0");
}

TEST_F(Transport, TheLengthOfALineIsBounded) {
  SubjectProcess large(bad_subject("too_long_a_line"), {.reply_bytes = 250000});
  EXPECT_TRUE(large.call("break", {}).ok());
  SubjectProcess slightly_small(bad_subject("too_long_a_line"), {.reply_bytes = 200000});
  expect_fault(slightly_small.call("break", {}), Fault::protocol, "a line of 2000");
  SubjectProcess small(bad_subject("too_long_a_line"), {.reply_bytes = 1000});
  expect_fault(small.call("break", {}), Fault::protocol, "more than 1000 bytes");
}

TEST_F(Transport, TheMemoryOfAParsedReplyIsBounded) {
  SubjectProcess subject(bad_subject("swells_in_memory"), {.json = {.memory_bytes = 8 << 20}});
  expect_fault(subject.call("break", {}), Fault::protocol, "more than 8388608 bytes of memory");
}

TEST_F(Transport, TheRunAsAWholeIsBounded) {
  SubjectProcess subject(bad_subject("hangs"), {.run_ends = Clock::now() + 400ms});
  const auto start = Clock::now();
  expect_fault(subject.call("break", {}), Fault::timed_out, "the time for the whole run was up");
  EXPECT_LT(Clock::now() - start, 3s);
}

TEST_F(Transport, ATimeoutForEverIsNoOverflow) {
  SubjectProcess subject(bad_subject("healthy"));
  EXPECT_TRUE(subject.call("x", {}, {.timeout = std::chrono::milliseconds::max()}).ok());
}

// Standard error

TEST_F(Transport, AFloodOfStandardErrorNeitherBlocksNorGrows) {
  SubjectProcess subject(bad_subject("floods_stderr_then_replies"), {.stderr_tail_bytes = 1000});
  const Reply reply = subject.call("break", {});
  ASSERT_TRUE(reply.ok()) << reply.message;
  EXPECT_EQ(reply.result, "dry again");
  EXPECT_TRUE(subject.shutdown().ok());
  const std::string tail = subject.stderr_tail();
  EXPECT_EQ(tail.size(), 1000u);
  EXPECT_TRUE(tail.ends_with("the end of the log\n"));
}

TEST_F(Transport, TheTailOfStandardErrorOutlivesACrash) {
  SubjectProcess subject(bad_subject("exits_with_three"));
  EXPECT_FALSE(subject.call("break", {}).ok());
  EXPECT_EQ(subject.stderr_tail(), "Traceback: the third thing went wrong\n");
}

// Requests of the subject

TEST_F(Transport, TheSubjectAsksAndIsAnswered) {
  SubjectProcess subject(bad_subject("asks_thrice"));
  const Reply reply =
      subject.call("break", {}, {.answer = [](const std::string& method, const json& params) {
                     EXPECT_EQ(method, "objective/evaluate");
                     return json{{"value", params["parameters"][0][0]}};
                   }});
  ASSERT_TRUE(reply.ok()) << reply.message;
  EXPECT_EQ(reply.result, json::parse(R"([{"value": 0}, {"value": 1}, {"value": 2}])"));
}

TEST_F(Transport, ARequestIsAnsweredWithAnError) {
  SubjectProcess subject(bad_subject("asks"));
  const Reply reply =
      subject.call("break", {}, {.answer = [](const std::string&, const json&) -> json {
                     throw RequestRefused(2, "three parameters, please");
                   }});
  ASSERT_TRUE(reply.ok()) << reply.message;
  EXPECT_EQ(reply.result["id"], "a");
  EXPECT_EQ(reply.result["error"]["code"], 2);
  EXPECT_EQ(reply.result["error"]["message"], "three parameters, please");
}

TEST_F(Transport, ARequestThatCanNotBeAnsweredEndsTheCall) {
  SubjectProcess subject(bad_subject("asks"));
  expect_fault(subject.call("break", {}, {.answer = [](const std::string&, const json&) -> json {
                              throw std::runtime_error("3 values instead of 2");
                            }}),
               Fault::protocol, "can't be answered: 3 values instead of 2");
}

TEST_F(Transport, TwoRequestsAtOnce) {
  SubjectProcess subject(bad_subject("asks_twice_at_once"));
  expect_fault(
      subject.call("break", {}, {.answer = [](const std::string&, const json&) { return 1; }}),
      Fault::protocol, "printed more before its request");
}

TEST_F(Transport, RequestsForEverEndWithTheCallsTime) {
  SubjectProcess subject(bad_subject("asks_for_ever"));
  ASSERT_TRUE(subject.call("describe", {}).ok());
  expect_fault(
      subject.call("break", {},
                   {.timeout = 300ms, .answer = [](const std::string&, const json&) { return 1; }}),
      Fault::timed_out, "`break` within 300 ms");
}

// What is no fault

TEST_F(Transport, ErrorsOfTheSubjectsOwn) {
  const auto error_of = [](const std::string& fault) {
    SubjectProcess subject(bad_subject(fault));
    Reply reply = subject.call("break", {});
    EXPECT_TRUE(subject.alive());
    EXPECT_TRUE(subject.call("describe", {}).ok());
    EXPECT_TRUE(subject.shutdown().ok());
    return reply;
  };
  const Reply unsupported = error_of("error_unsupported");
  EXPECT_TRUE(unsupported.unsupported());
  EXPECT_FALSE(unsupported.ok() || unsupported.refused());
  EXPECT_EQ(unsupported.message, "answered `break` with error 1: no such rule");
  EXPECT_TRUE(error_of("error_method_not_found").unsupported());
  EXPECT_TRUE(error_of("error_refused").refused());
  const Reply other = error_of("error_of_its_own");
  EXPECT_EQ(other.fault, Fault::none);
  EXPECT_FALSE(other.ok() || other.unsupported() || other.refused());
  EXPECT_EQ(other.error->code, -32000);
  EXPECT_EQ(other.error->message, "two\\x0alines\\x1b[2J");
}

TEST_F(Transport, OddButGoodReplies) {
  const auto result_of = [](const std::string& oddity) {
    SubjectProcess subject(bad_subject(oddity));
    const Reply reply = subject.call("break", {});
    EXPECT_TRUE(reply.ok()) << reply.message;
    EXPECT_TRUE(subject.shutdown().ok());
    return reply.result;
  };
  EXPECT_EQ(result_of("float_id"), 1);
  EXPECT_EQ(result_of("carriage_return"), 1);
  EXPECT_EQ(result_of("byte_by_byte"), "slow");
  EXPECT_EQ(result_of("big_reply").size(), 300000u);
  const json zeros = result_of("minus_zero");
  EXPECT_TRUE(std::signbit(read_number(zeros[0])));
  EXPECT_TRUE(std::signbit(read_number(zeros[1])));
  EXPECT_FALSE(std::signbit(read_number(zeros[2])));
  EXPECT_EQ(read_number(zeros[3]), 1e-320);
  EXPECT_EQ(read_number(zeros[4]), 12345678901234567890.0);
}

TEST_F(Transport, LargeMessagesGoBothWays) {
  SubjectProcess subject(bad_subject("healthy"));
  json values = json::array();
  for (int place = 0; place < 60000; ++place)
    values.push_back(std::ldexp(place + 0.1, -place % 900));
  for (int round = 0; round < 2; ++round) {
    const Reply reply = subject.call("echo", {{"values", values}});
    ASSERT_TRUE(reply.ok()) << reply.message;
    EXPECT_EQ(reply.result["values"], values);
  }
  EXPECT_TRUE(subject.shutdown().ok());
}

TEST_F(Transport, TheSubjectsSurroundingsAreItsOwn) {
  const json expected = descriptors_of_a_child();
  SubjectProcess other(bad_subject("healthy"));
  SubjectProcess subject(bad_subject("tells_its_surroundings"));
  const Reply reply = subject.call("break", {});
  ASSERT_TRUE(reply.ok()) << reply.message;
  EXPECT_TRUE(reply.result["own_group"]);
  EXPECT_EQ(reply.result["blocked"], 0);
  EXPECT_EQ(reply.result["open"], expected) << "a pipe of a neighbour was inherited";
}

// The end

TEST_F(Transport, APoliteShutdown) {
  SubjectProcess subject(bad_subject("healthy"));
  EXPECT_TRUE(subject.alive());
  const Reply reply = subject.shutdown();
  EXPECT_TRUE(reply.ok()) << reply.message;
  EXPECT_FALSE(subject.alive());
  expect_fault(subject.call("describe", {}), Fault::exited, "was shut down before");
}

TEST_F(Transport, Shutdowns) {
  const auto shutdown_of = [](const std::string& fault) {
    SubjectProcess subject(bad_subject(fault), {.shutdown = 400ms});
    EXPECT_TRUE(subject.call("describe", {}).ok());
    return subject.shutdown();
  };
  expect_fault(shutdown_of("shutdown_exits_with_four"), Fault::exited,
               "exited with code 4 after it answered `shutdown`");
  expect_fault(shutdown_of("shutdown_hangs"), Fault::timed_out,
               "answered `shutdown`, but did not exit within 400 ms");
  expect_fault(shutdown_of("shutdown_prints_more"), Fault::protocol, "`Goodbye!");
  expect_fault(shutdown_of("shutdown_without_reply"), Fault::exited,
               "exited with code 0 before it answered `shutdown`");
  expect_fault(shutdown_of("shutdown_not_null"), Fault::protocol, "something else than null");
  expect_fault(shutdown_of("shutdown_unsupported"), Fault::protocol, "error 1: no shutdown");
  EXPECT_TRUE(shutdown_of("shutdown_leaves_a_grandchild").ok());
  EXPECT_TRUE(shutdown_of("shutdown_waits_for_the_end_of_input").ok());
}

TEST_F(Transport, TheWholeGroupIsKilled) {
  pid_t grandchild = 0;
  {
    SubjectProcess subject(bad_subject("tells_its_grandchild"));
    const Reply reply = subject.call("break", {});
    ASSERT_TRUE(reply.ok()) << reply.message;
    grandchild = reply.result.get<pid_t>();
    EXPECT_TRUE(still_runs(grandchild));
  }
  for (int round = 0; round < 100 && still_runs(grandchild); ++round) {
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_FALSE(still_runs(grandchild));
}

TEST_F(Transport, ManyAtOnce) {
  const json descriptors = descriptors_of_a_child();
  const auto work = [&](const std::string& last, Fault fault) {
    for (int round = 0; round < 8; ++round) {
      SubjectProcess subject(bad_subject(last));
      for (int number = 0; number < 50; ++number) {
        const Reply reply = subject.call("echo", {{"number", number}});
        ASSERT_TRUE(reply.ok()) << reply.message;
        ASSERT_EQ(reply.result["number"], number);
      }
      const Reply reply = subject.call("break", {});
      EXPECT_EQ(reply.fault, fault) << reply.message;
      if (fault == Fault::none) {
        EXPECT_EQ(reply.result["open"], descriptors);
      }
    }
  };
  std::thread first(work, "exits_with_three", Fault::exited);
  std::thread second(work, "tells_its_surroundings", Fault::none);
  std::thread third(work, "another_id", Fault::protocol);
  first.join();
  second.join();
  third.join();
}

// JSON from a stranger

TEST(BoundedJson, DepthUpToTheBound) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_NO_THROW(parse_bounded(nested(256), {}));
  EXPECT_THROW(parse_bounded(nested(257), {}), std::runtime_error);
  EXPECT_THROW(parse_bounded(nested(1000000), {}), std::runtime_error);
  EXPECT_THROW(parse_bounded(std::string(1000000, '['), {}), std::runtime_error);
}

TEST(BoundedJson, ReadsWhatNlohmannReads) {
  for (const char* text :
       {"null", "true", "[]", "{}", "[1, -2, 3.5, \"x\\u00e9\\n\"]",
        R"({"a": {"b": [1, {"c": null}], "d": {}}, "e": [[], [[]], {"f": [0]}], "": ""})",
        "18446744073709551615", "-9223372036854775808", " [ 1e-400 ] "}) {
    EXPECT_EQ(parse_bounded(text, {}), json::parse(text)) << text;
  }
  for (const char* text : {"", "[", "[1,]", "{\"a\"}", "1 2", "nul", "[1] x", "\"\\ud800\"",
                           "{\"a\": 1, \"a\": 1}", "// comment\n1", "NaN", "1e400", "01", "+1"}) {
    EXPECT_THROW(parse_bounded(text, {}), std::runtime_error) << text;
  }
}

TEST(BoundedJson, ManyChildrenTakeLinearTime) {
  const auto start = Clock::now();
  std::string text = "[";
  for (int count = 0; count < 500000; ++count) text += "{},";
  EXPECT_EQ(parse_bounded(text + "{}]", {}).size(), 500001u);
  EXPECT_LT(Clock::now() - start, 5s);
}

TEST(PrintableText, ShowsControlsAndIllFormedBytes) {
  EXPECT_EQ(printable_line("plain \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"),
            "plain \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80");
  EXPECT_EQ(printable_line("a\nb\tc\x1b[2J\x7f"), "a\\x0ab\\x09c\\x1b[2J\\x7f");
  EXPECT_EQ(printable_line("\xC0\x80|\xED\xA0\x80|\xF4\x90\x80\x80|\xE2\x82"),
            "\\xc0\\x80|\\xed\\xa0\\x80|\\xf4\\x90\\x80\\x80|\\xe2\\x82");
  EXPECT_EQ(printable_line("\xC2\x9B|"), "\\xc2\\x9b|");
  EXPECT_EQ(printable_line("abcdef", 3), "abc...");
  EXPECT_EQ(printable_line("ab\xC3\xA9", 3), "ab...");
  EXPECT_EQ(printable_block("a\n\tb\r\n"), "a\n\tb\\x0d\n");
}

// Numbers

void expect_same(double value, double expected) {
  EXPECT_EQ(std::bit_cast<std::uint64_t>(value), std::bit_cast<std::uint64_t>(expected))
      << value << " instead of " << expected;
}

TEST(NumberText, EveryNumberComesBackInBothStyles) {
  std::mt19937_64 random(1);
  std::vector<double> values = {0.0,
                                -0.0,
                                1.0,
                                1.5,
                                0.1,
                                1e23,
                                5e-324,
                                -2.2250738585072014e-308,
                                std::numeric_limits<double>::infinity(),
                                -std::numeric_limits<double>::infinity(),
                                std::numeric_limits<double>::max()};
  while (values.size() < 20000) {
    const double value = std::bit_cast<double>(random());
    if (!std::isnan(value)) values.push_back(value);
    values.push_back(std::ldexp(static_cast<double>(random() >> 12), -1074));  // subnormal
  }
  for (const double value : values) {
    for (const NumberStyle style : {NumberStyle::decimal, NumberStyle::hex}) {
      const json written = write_number(value, style);
      expect_same(read_number(parse_bounded(written.dump(), {})), value);
      if (style == NumberStyle::hex && std::isfinite(value)) {
        expect_same(std::strtod(written.get<std::string>().c_str(), nullptr), value);
      }
    }
  }
  EXPECT_TRUE(std::isnan(read_number(write_number(std::nan(""), NumberStyle::decimal))));
}

TEST(NumberText, IsWrittenAsTheProtocolSays) {
  EXPECT_EQ(write_number(3.0, NumberStyle::hex), "0x1.8p+1");
  EXPECT_EQ(write_number(-0.0, NumberStyle::hex), "-0x0p+0");
  EXPECT_EQ(write_number(-0.0, NumberStyle::decimal).dump(), "-0.0");
  EXPECT_EQ(write_number(std::nan(""), NumberStyle::hex), "NaN");
  EXPECT_EQ(write_number(HUGE_VAL, NumberStyle::decimal), "Infinity");
  EXPECT_EQ(write_number(-HUGE_VAL, NumberStyle::hex), "-Infinity");
}

TEST(NumberText, ReadsWhatOtherLanguagesWrite) {
  expect_same(read_number("0x1.8000000000000p+1"), 3.0);
  expect_same(read_number("0X1.8P1"), 3.0);
  expect_same(read_number("+0x.8p0"), 0.5);
  expect_same(read_number("-0x10"), -16.0);
  expect_same(read_number("0x0.0p+0"), 0.0);
  expect_same(read_number("-0x0.0p+0"), -0.0);
  expect_same(read_number("0x0.0000000000001p-1022"), 5e-324);
  expect_same(read_number(7), 7.0);
  expect_same(read_number(18446744073709551615u), 18446744073709551616.0);
}

TEST(NumberText, RefusesAllElseByName) {
  for (const char* text :
       {"",     "1.5",   "0x",      "0x.",    "0xp1", "x1p0",     "0x1.8p",    "0x1p+",
        "0x1 ", " 0x1",  "0x1,8p1", "0x1p1x", "inf",  "nan",      "infinity",  "+Infinity",
        "-NaN", "0xinf", "0xnan",   "--0x1",  "0x-1", "0x1p2000", "0x1p-2000", "hello"}) {
    try {
      read_number(text);
      ADD_FAILURE() << text;
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find(text), std::string::npos) << error.what();
    }
  }
  for (const json& value : {json(nullptr), json(true), json::array({1}), json::object()}) {
    EXPECT_THROW(read_number(value), std::runtime_error);
  }
  EXPECT_THROW(read_number(std::string(1 << 20, '\n')), std::runtime_error);
}

TEST(NumberText, DoesNotDependOnTheLocale) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"})
    std::setlocale(LC_ALL, name);
  expect_same(read_number("0x1.8p+1"), 3.0);
  expect_same(read_number(parse_bounded("1.5", {})), 1.5);
  EXPECT_EQ(write_number(1.5, NumberStyle::hex), "0x1.8p+0");
  EXPECT_EQ(write_number(1.5, NumberStyle::decimal).dump(), "1.5");
  std::setlocale(LC_ALL, before.c_str());
}

// The subject that validates what it is sent

class Validating : public Transport {
 protected:
  static json created(const std::string& format = "binary64") {
    return json::parse(R"({"rule": "gradient_descent", "format": ")" + format + R"(",
        "hyperparameters": {"learning_rate": 0.5}, "parameters": [
        {"name": "w", "shape": [2], "values": [1.0, "Infinity"]},
        {"name": "b", "shape": [], "values": [-0.25]}]})");
  }
  static json step(const json& handle) {
    return {{"handle", handle}, {"gradients", {{1.0, 2.0}, nullptr}}};
  }
};

TEST_F(Validating, AWholeGoodConversation) {
  SubjectProcess subject(validating_subject());
  const auto ask = [&](const char* method, const json& params) {
    const Reply reply = subject.call(method, params);
    EXPECT_TRUE(reply.ok()) << reply.message << '\n' << subject.stderr_tail();
    return reply.result;
  };
  EXPECT_EQ(ask("describe", {{"protocol", 1}})["protocol"], 1);
  const json handle = ask("optimizer/create", created())["handle"];
  EXPECT_EQ(ask("optimizer/step", step(handle))["parameters"],
            json::parse(R"([[0.5, "Infinity"], [-0.25]])"));
  EXPECT_EQ(ask("optimizer/state", {{"handle", handle}}), json::object());
  const json checkpoint = ask("optimizer/save", {{"handle", handle}})["checkpoint"];
  ask("optimizer/close", {{"handle", handle}});
  const json loaded = ask("optimizer/load", {{"checkpoint", checkpoint}})["handle"];
  json scheduled = step(loaded);
  scheduled["learning_rate"] = 0.25;
  scheduled["loss"] = 3.5;
  EXPECT_EQ(ask("optimizer/step", scheduled)["parameters"][0][0], 0.25);

  EXPECT_EQ(ask("schedule/values", {{"schedule", "constant"},
                                    {"hyperparameters", {{"learning_rate", 0.1}}},
                                    {"steps", {0, 7}},
                                    {"access", "direct"}})["values"],
            json({0.1, 0.1}));
  const json clipped = ask(
      "clip",
      {{"clipping", "global_norm"},
       {"format", "binary32"},
       {"hyperparameters", {{"max_norm", 2.5}}},
       {"gradients", {{{"shape", {1}}, {"values", {3.0}}}, {{"shape", {1}}, {"values", {-4.0}}}}}});
  EXPECT_EQ(clipped, json::parse(R"({"gradients": [[1.5], [-2.0]], "norm": 5.0})"));
  // A clipping that compares gradients with parameters is sent both; this one has no place for it.
  const json gradients{{{"shape", {2}}, {"values", {6.0, -8.0}}}};
  const json adaptive{{"clipping", "adaptive"},
                      {"format", "binary32"},
                      {"hyperparameters", {{"clipping_factor", 0.5}, {"epsilon", 0.001}}},
                      {"gradients", gradients},
                      {"parameters", {{{"shape", {2}}, {"values", {3.0, 4.0}}}}}};
  EXPECT_TRUE(subject.call("clip", adaptive).unsupported());

  json minimized = created("binary32");
  minimized["parameters"][0]["values"] = {1.0, 2.0};
  minimized["steps"] = 2;
  const Reply reply = subject.call(
      "optimizer/minimize", minimized, {.answer = [](const std::string&, const json& params) {
        return json{{"value", 0.0}, {"gradients", params["parameters"]}};
      }});
  ASSERT_TRUE(reply.ok()) << reply.message << '\n' << subject.stderr_tail();
  EXPECT_EQ(reply.result["parameters"], json::parse("[[0.25, 0.5], [-0.0625]]"));
  EXPECT_TRUE(subject.shutdown().ok()) << subject.stderr_tail();
}

TEST_F(Validating, WhatItDoesNotKnowIsUnsupported) {
  SubjectProcess subject(validating_subject());
  json other_rule = created(), other_format = created("binary16"), decayed = created();
  other_rule["rule"] = "adam";
  decayed["hyperparameters"]["weight_decay"] = 0.25;
  for (const json& params : {other_rule, other_format, decayed, created("binary32+binary64")}) {
    EXPECT_TRUE(subject.call("optimizer/create", params).unsupported());
  }
  json negative = created();
  negative["hyperparameters"]["learning_rate"] = -0.5;
  EXPECT_TRUE(subject.call("optimizer/create", negative).refused());
  EXPECT_TRUE(subject
                  .call("sample", {{"population", 5},
                                   {"batch_size", 2},
                                   {"replacement", false},
                                   {"seed", 1},
                                   {"batches", 3}})
                  .unsupported());
  EXPECT_TRUE(subject.shutdown().ok()) << subject.stderr_tail();
}

TEST_F(Validating, HexadecimalNumbersWhereItAsksForThem) {
  std::vector<std::string> command = validating_subject();
  command.push_back("--hex");
  SubjectProcess subject(command);
  EXPECT_EQ(subject.call("describe", {{"protocol", 1}}).result["numbers"], "hex");
  json params = created();
  params["hyperparameters"]["learning_rate"] = write_number(0.5, NumberStyle::hex);
  params["parameters"][0]["values"] = {write_number(1.5, NumberStyle::hex), "NaN"};
  params["parameters"][1]["values"] = {"-0x0p+0"};
  const json handle = subject.call("optimizer/create", params).result["handle"];
  const Reply reply = subject.call(
      "optimizer/step", {{"handle", handle}, {"gradients", {{"0x1p+0", "0x1p+0"}, nullptr}}});
  ASSERT_TRUE(reply.ok()) << reply.message << '\n' << subject.stderr_tail();
  EXPECT_EQ(read_number(reply.result["parameters"][0][0]), 1.0);
  expect_same(read_number(reply.result["parameters"][1][0]), -0.0);
  expect_fault(subject.call("optimizer/create", created()), Fault::exited, "exited with code 70");
}

TEST_F(Validating, EveryViolationIsLoud) {
  struct Violation {
    std::string method;
    json params;
    std::string says;
  };
  json missing = created(), extra = created(), short_values = created(), twice = created();
  json inexact = created("binary32"), no_group = created();
  missing.erase("format");
  extra["dialect"] = "pytorch";
  short_values["parameters"][0]["values"] = {1.0};
  twice["parameters"][1]["name"] = "w";
  inexact["parameters"][1]["values"] = {0.1};
  no_group["parameters"][0]["group"] = 0;
  json few = step("gradient-descent-1"), wrong_length = step("gradient-descent-1");
  few["gradients"] = json::array({{1.0, 2.0}});
  wrong_length["gradients"][0] = {1.0};
  const std::vector<Violation> violations = {
      {"describe", {{"protocol", 2}}, "params/protocol"},
      {"describe", nullptr, "'params' is a required property"},
      {"optimizer/destroy", json::object(), "is not one of"},
      {"optimizer/create", missing, "'format' is a required property"},
      {"optimizer/create", extra, "'dialect' was unexpected"},
      {"optimizer/create", short_values, "1 values for the shape [2]"},
      {"optimizer/create", twice, "two parameters named w"},
      {"optimizer/create", inexact, "0.1 at 0 is not exact in binary32"},
      {"optimizer/create", no_group, "in group 0 of 0"},
      {"optimizer/step", step("elsewhere"), "the unknown handle 'elsewhere'"},
      {"optimizer/step", few, "gradients: 1 for 2 parameters"},
      {"optimizer/step", wrong_length, "1 values for the shape [2]"},
      {"optimizer/load", {{"checkpoint", {{"parameters", 1}, {"digest", "x"}}}}, "was changed"},
      {"schedule/values",
       {{"schedule", "constant"},
        {"hyperparameters", json::object()},
        {"steps", {-1}},
        {"access", "direct"}},
       "-1 is less than the minimum of 0"},
  };
  for (const Violation& violation : violations) {
    SubjectProcess subject(validating_subject());
    ASSERT_TRUE(subject.call("optimizer/create", created()).ok()) << subject.stderr_tail();
    expect_fault(subject.call(violation.method, violation.params), Fault::exited,
                 "exited with code 70");
    EXPECT_NE(subject.stderr_tail().find(violation.says), std::string::npos)
        << subject.stderr_tail();
  }
}

// What SubjectProcess never sends, and so it is sent here by hand: each text,
// and after all but the last a wait for the reply.
std::string last_words(const std::vector<std::string>& texts) {
  ChildProcess child(validating_subject(), {1 << 20, 8192});
  const auto deadline = Clock::now() + 10s;
  for (const std::string& text : texts) {
    child.send(text);
    const bool is_last = &text == &texts.back();
    while (is_last ? child.unsent() > 0 : !child.take_line()) {
      if (child.has_ended() || Clock::now() > deadline) break;
      child.transfer(deadline);
    }
  }
  child.close_input();
  while (!child.has_ended() && Clock::now() < deadline) child.transfer(deadline);
  const std::string ending = child.stop().text();
  return ending + ": " + child.errors_tail();
}

TEST_F(Validating, ViolationsOfTheTransportAreLoud) {
  const std::string describe =
      R"({"jsonrpc":"2.0","id":1,"method":"describe","params":{"protocol":1}})"
      "\n";
  const std::string shutdown = R"({"jsonrpc":"2.0","id":2,"method":"shutdown"})"
                               "\n";
  const auto expect_loud = [](const std::vector<std::string>& texts, const std::string& says) {
    const std::string seen = last_words(texts);
    EXPECT_TRUE(seen.starts_with("exited with code 70: PROTOCOL VIOLATION")) << seen;
    EXPECT_NE(seen.find(says), std::string::npos) << seen;
  };
  EXPECT_EQ(last_words({describe, shutdown}), "exited with code 0: ");
  expect_loud({describe + shutdown}, "another message while one is in flight");
  expect_loud({describe, describe}, "the id 1 was used before");
  expect_loud({describe}, "the input ended without a shutdown");
  expect_loud({shutdown, describe}, "a message after shutdown");
  expect_loud({"{\"half"}, "half a line");
  expect_loud({"\xff\n"}, "not JSON in UTF-8");
  expect_loud({"[1]\n"}, "is not of type 'object'");
}

}  // namespace
}  // namespace plumbline::conformance
