// How long a step takes by each way to one subject: in process, as a plugin in process, and
// as a plugin behind the protocol.
//
//   subject_speed PLUMBLINE PLUGIN [RULE]
//
// One line for each number of elements: microseconds a step and nanoseconds an element,
// the least of several rounds.
#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "conformance/builtin/built_in_subject.hpp"
#include "conformance/subject/plugin_subject.hpp"
#include "conformance/subject/protocol_subject.hpp"

using namespace plumbline::conformance;

namespace {

double seconds_of_a_step(Subject& subject, const std::string& rule, std::size_t size) {
  std::vector<double> values(size);
  for (std::size_t index = 0; index < size; ++index) {
    values[index] = 0.5 + static_cast<double>(index % 64) / 64;
  }
  CreateRequest request{
      .rule = rule,
      .format = "binary32",
      .hyperparameters = {{"learning_rate", 0.0009765625}},
      .parameters = {{.name = "w", .shape = {static_cast<long>(size)}, .values = values}}};
  if (rule == "adam") {
    request.hyperparameters.insert(request.hyperparameters.end(),
                                   {{"beta1", 0.9}, {"beta2", 0.999}, {"epsilon", 1e-8}});
  }
  const auto created = subject.create(request);
  if (!created.ok()) throw std::runtime_error(created.ended().message);
  const StepRequest step{.gradients = {values}};
  double least = INFINITY;
  const long steps = std::max<long>(5, 200000 / static_cast<long>(size + 1000));
  for (int round = 0; round < 5; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    for (long count = 0; count < steps; ++count) {
      const auto stepped = subject.step(created->handle, step);
      if (!stepped.ok()) throw std::runtime_error(stepped.ended().message);
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    least = std::min(least, taken.count() / static_cast<double>(steps));
  }
  subject.close(created->handle);
  return least;
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) return 2;
  const std::string rule = count > 3 ? words[3] : "adam";
  BuiltInSubject built_in;
  PluginSubject plugin{std::string(words[2])};
  ProtocolSubject protocol({words[1], "subject", "--plugin", words[2]}, Limits{});
  fmt::print("{} in binary32: microseconds a step (nanoseconds an element)\n", rule);
  fmt::print("{:>9} {:>22} {:>22} {:>22}\n", "elements", "built-in, in process",
             "plugin in process", "plugin by protocol");
  for (const std::size_t size : {1, 100, 10000, 1000000}) {
    fmt::print("{:>9}", size);
    for (Subject* subject : {static_cast<Subject*>(&built_in), static_cast<Subject*>(&plugin),
                             static_cast<Subject*>(&protocol)}) {
      const double seconds = seconds_of_a_step(*subject, rule, size);
      fmt::print(" {:>12.2f} ({:>7.1f})", seconds * 1e6, seconds * 1e9 / static_cast<double>(size));
    }
    fmt::print("\n");
  }
}
