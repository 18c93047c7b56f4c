// A subject of the protocol as a stranger would write it: correct optimizers whose order
// of operations is chosen by `--order N`. Nothing of Plumbline is used here.
#include <cmath>
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "numerics.hpp"

namespace {

using nlohmann::json;
using variant::Hyperparameters;
using variant::Rule;

struct Failure : std::runtime_error {
  Failure(int error_code, const std::string& message)
      : std::runtime_error(message), code(error_code) {}
  int code;
};
[[noreturn]] void unsupported(const std::string& what) {
  throw Failure(1, what);
}

double number(const json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  const std::string text = value.get<std::string>();
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  throw Failure(-32602, "not a number: " + text);
}

json written(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

template <class T>
json written(const std::vector<T>& values) {
  json list = json::array();
  for (const T value : values) list.push_back(written(static_cast<double>(value)));
  return list;
}

struct RuleText {
  Rule rule;
  std::set<std::string> hyperparameters;
};
const std::map<std::string, RuleText> rules{
    {"gradient_descent", {Rule::gradient_descent, {"weight_decay"}}},
    {"momentum", {Rule::momentum, {"momentum", "dampening", "weight_decay"}}},
    {"nesterov", {Rule::nesterov, {"momentum", "weight_decay"}}},
    {"adagrad",
     {Rule::adagrad, {"epsilon", "initial_accumulator", "learning_rate_decay", "weight_decay"}}},
    {"rmsprop", {Rule::rmsprop, {"rho", "epsilon", "momentum", "centered", "weight_decay"}}},
    {"adam", {Rule::adam, {"beta1", "beta2", "epsilon", "weight_decay"}}},
    {"adamw", {Rule::adamw, {"beta1", "beta2", "epsilon", "weight_decay"}}}};

void read(const json& given, const RuleText& text, Hyperparameters& into) {
  const std::map<std::string, double Hyperparameters::*> members{
      {"learning_rate", &Hyperparameters::learning_rate},
      {"weight_decay", &Hyperparameters::weight_decay},
      {"momentum", &Hyperparameters::momentum},
      {"dampening", &Hyperparameters::dampening},
      {"beta1", &Hyperparameters::beta1},
      {"beta2", &Hyperparameters::beta2},
      {"epsilon", &Hyperparameters::epsilon},
      {"rho", &Hyperparameters::rho},
      {"initial_accumulator", &Hyperparameters::initial_accumulator},
      {"learning_rate_decay", &Hyperparameters::learning_rate_decay}};
  for (const auto& [name, value] : given.items()) {
    if (name != "learning_rate" && !text.hyperparameters.contains(name)) {
      unsupported("no hyperparameter " + name);
    }
    if (name == "centered") {
      into.centered = number(value) != 0;
    } else {
      into.*members.at(name) = number(value);
    }
  }
}

/// A parameter of an optimizer, in its own format.
struct Parameter {
  Rule rule;
  int order;
  Hyperparameters hyperparameters;
  virtual ~Parameter() = default;
  virtual void step(const json& gradient) = 0;
  virtual json values() const = 0;
  virtual json state(int tensor) const = 0;
};

template <class T>
struct Held final : Parameter {
  std::vector<T> value;
  std::vector<T> tensors[3];
  variant::Powers powers;
  long count = 0;

  Held(Rule of, int in_order, const Hyperparameters& given, const json& initial) {
    rule = of;
    order = in_order;
    hyperparameters = given;
    for (const json& entry : initial) value.push_back(static_cast<T>(number(entry)));
    const double start = rule == Rule::adagrad ? given.initial_accumulator : 0;
    for (auto& tensor : tensors) tensor.assign(value.size(), static_cast<T>(start));
  }
  void step(const json& given) override {
    std::vector<T> gradient;
    for (const json& entry : given) gradient.push_back(static_cast<T>(number(entry)));
    if (gradient.size() != value.size()) throw Failure(-32602, "a gradient of another size");
    T* const state[3] = {tensors[0].data(), tensors[1].data(), tensors[2].data()};
    variant::step(rule, order, hyperparameters, ++count, powers, value.size(), value.data(),
                  gradient.data(), state);
  }
  json values() const override { return written(value); }
  json state(int tensor) const override { return written(tensors[tensor]); }
};

using Optimizer = std::vector<std::unique_ptr<Parameter>>;

class Subject {
 public:
  explicit Subject(int order) : order_(order) {}

  json answer(const std::string& method, const json& params) {
    if (method == "describe") {
      return {{"protocol", 1},
              {"name", "correct variant, order " + std::to_string(order_)},
              {"version", "1"},
              {"language", "C++"}};
    }
    if (method == "optimizer/create") return create(params);
    if (method == "optimizer/step") return step(params);
    if (method == "optimizer/state") return state(optimizers_.at(params.at("handle")));
    if (method == "optimizer/close") {
      optimizers_.erase(params.at("handle").get<long>());
      return nullptr;
    }
    if (method == "schedule/values") return schedule(params);
    if (method == "clip") return clip(params);
    if (method == "shutdown") return nullptr;
    unsupported("no method " + method);
  }

 private:
  int order_;
  long last_ = 0;
  std::map<long, Optimizer> optimizers_;

  json create(const json& params) {
    const auto found = rules.find(params.at("rule").get<std::string>());
    if (found == rules.end()) unsupported("no such rule");
    const RuleText& text = found->second;
    Hyperparameters base;
    read(params.at("hyperparameters"), text, base);
    std::vector<Hyperparameters> groups;
    for (const json& group : params.value("groups", json::array())) {
      groups.push_back(base);
      read(group.at("hyperparameters"), text, groups.back());
    }
    Optimizer made;
    for (const json& entry : params.at("parameters")) {
      const bool grouped = entry.contains("group") && !entry["group"].is_null();
      const Hyperparameters& own = grouped ? groups.at(entry["group"].get<std::size_t>()) : base;
      const std::string format = entry.value("format", params.at("format").get<std::string>());
      const json& values = entry.at("values");
      if (format == "binary64") {
        made.push_back(std::make_unique<Held<double>>(text.rule, order_, own, values));
      } else if (format == "binary32") {
        made.push_back(std::make_unique<Held<float>>(text.rule, order_, own, values));
      } else {
        unsupported("no format " + format);
      }
    }
    optimizers_[++last_] = std::move(made);
    return {{"handle", last_}};
  }

  json step(const json& params) {
    Optimizer& optimizer = optimizers_.at(params.at("handle").get<long>());
    const json& gradients = params.at("gradients");
    if (gradients.size() != optimizer.size()) throw Failure(-32602, "too few gradients");
    json values = json::array();
    for (std::size_t i = 0; i < optimizer.size(); ++i) {
      if (params.contains("learning_rate")) {
        optimizer[i]->hyperparameters.learning_rate = number(params["learning_rate"]);
      }
      if (!gradients[i].is_null()) optimizer[i]->step(gradients[i]);
      values.push_back(optimizer[i]->values());
    }
    return {{"parameters", values}};
  }

  static json state(const Optimizer& optimizer) {
    const auto tensor = [&](int index) {
      json list = json::array();
      for (const auto& parameter : optimizer) list.push_back(parameter->state(index));
      return list;
    };
    json result = json::object();
    bool centered = false, moving = false;
    for (const auto& parameter : optimizer) {
      centered = centered || parameter->hyperparameters.centered;
      moving = moving || parameter->hyperparameters.momentum != 0;
    }
    if (optimizer.empty()) return result;
    switch (optimizer.front()->rule) {
      case Rule::gradient_descent:
        break;
      case Rule::momentum:
      case Rule::nesterov:
        result["velocity"] = tensor(0);
        break;
      case Rule::adagrad:
        result["squared_gradient_sum"] = tensor(0);
        break;
      case Rule::rmsprop:
        result["mean_square"] = tensor(0);
        if (centered) result["mean_gradient"] = tensor(1);
        if (moving) result["velocity"] = tensor(2);
        break;
      case Rule::adam:
      case Rule::adamw:
        result["first_moment"] = tensor(0);
        result["second_moment"] = tensor(1);
        break;
    }
    return result;
  }

  json schedule(const json& params) const {
    const std::string name = params.at("schedule");
    std::set<std::string> known{"learning_rate"};
    if (name == "cosine_annealing" || name == "linear_warmup_cosine") {
      known.insert({"total_steps", "minimum_learning_rate"});
      if (name == "linear_warmup_cosine") known.insert("warmup_steps");
    } else if (name != "constant") {
      unsupported("no schedule " + name);
    }
    std::map<std::string, double> given;
    for (const auto& [key, value] : params.at("hyperparameters").items()) {
      if (!known.contains(key)) unsupported("no hyperparameter " + key);
      given[key] = number(value);
    }
    const double rate = given.at("learning_rate");
    const double minimum = given["minimum_learning_rate"];
    const long total = std::lround(given["total_steps"]);
    const long warmup = std::lround(given["warmup_steps"]);
    std::vector<double> values;
    for (const json& step : params.at("steps")) {
      const long at = step.get<long>();
      if (name == "constant") {
        values.push_back(rate);
      } else if (name == "cosine_annealing") {
        values.push_back(variant::cosine_annealing(order_, rate, total, minimum, at));
      } else {
        values.push_back(variant::linear_warmup_cosine(order_, rate, warmup, total, minimum, at));
      }
    }
    return {{"values", written(values)}};
  }

  json clip(const json& params) const {
    if (params.at("clipping") != "global_norm") unsupported("no such clipping");
    for (const auto& [key, value] : params.at("hyperparameters").items()) {
      if (key != "max_norm") unsupported("no hyperparameter " + key);
    }
    if (params.at("format") == "binary64") return clip_in<double>(params);
    if (params.at("format") == "binary32") return clip_in<float>(params);
    unsupported("no such format");
  }

  template <class T>
  json clip_in(const json& params) const {
    std::vector<std::vector<T>> tensors;
    for (const json& entry : params.at("gradients")) {
      tensors.emplace_back();
      for (const json& value : entry.at("values")) {
        tensors.back().push_back(static_cast<T>(number(value)));
      }
    }
    std::vector<std::size_t> sizes;
    std::vector<T*> values;
    for (auto& tensor : tensors) {
      sizes.push_back(tensor.size());
      values.push_back(tensor.data());
    }
    const double norm = variant::clip(order_, number(params.at("hyperparameters").at("max_norm")),
                                      tensors.size(), sizes.data(), values.data());
    json clipped = json::array();
    for (const auto& tensor : tensors) clipped.push_back(written(tensor));
    return {{"gradients", clipped}, {"norm", written(norm)}};
  }
};

}  // namespace

int main(int count, char** words) {
  int order = 0;
  if (count == 3 && std::string(words[1]) == "--order") order = std::atoi(words[2]);
  if ((count != 1 && count != 3) || order < 0 || order >= variant::order_count) {
    std::cerr << "usage: variant [--order 0.." << variant::order_count - 1 << "]\n";
    return 2;
  }
  Subject subject(order);
  std::ios::sync_with_stdio(false);
  std::string line;
  while (std::getline(std::cin, line)) {
    json reply{{"jsonrpc", "2.0"}, {"id", nullptr}};
    std::string method;
    try {
      const json request = json::parse(line);
      reply["id"] = request.at("id");
      method = request.at("method");
      reply["result"] = subject.answer(method, request.value("params", json::object()));
    } catch (const Failure& failure) {
      reply["error"] = {{"code", failure.code}, {"message", failure.what()}};
    } catch (const std::exception& failure) {
      reply["error"] = {{"code", -32603}, {"message", failure.what()}};
    }
    std::cout << reply.dump() << '\n' << std::flush;
    if (method == "shutdown") return 0;
  }
}
