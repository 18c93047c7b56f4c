#include "conformance/subject/plugin_subject.hpp"

#include <fmt/format.h>

#include <cstring>

#include "conformance/subject/plugin_request.hpp"
#include "conformance/subject/protocol_messages.hpp"
#include "reference/catalogue.hpp"

namespace plumbline::conformance {
namespace {

constexpr std::size_t largest_checkpoint = std::size_t{64} << 20;

std::string to_hexadecimal(const unsigned char* bytes, std::size_t size) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * size);
  for (std::size_t index = 0; index < size; ++index) {
    text += digits[bytes[index] >> 4];
    text += digits[bytes[index] & 0xf];
  }
  return text;
}

std::vector<unsigned char> from_hexadecimal(const std::string& text) {
  const auto digit = [](char letter) -> unsigned {
    if (letter >= '0' && letter <= '9') return static_cast<unsigned>(letter - '0');
    if (letter >= 'a' && letter <= 'f') return static_cast<unsigned>(letter - 'a' + 10);
    throw std::runtime_error("a checkpoint's bytes are not hexadecimal");
  };
  if (text.size() % 2 != 0) throw std::runtime_error("a checkpoint's bytes are not whole");
  std::vector<unsigned char> bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t index = 0; index < text.size(); index += 2) {
    bytes.push_back(static_cast<unsigned char>(digit(text[index]) << 4 | digit(text[index + 1])));
  }
  return bytes;
}

}  // namespace

PluginSubject::PluginSubject(const std::string& path)
    : PluginSubject(std::make_shared<PluginLibrary>(path)) {}

PluginSubject::PluginSubject(std::shared_ptr<PluginLibrary> library)
    : caller_(std::move(library)) {}

PluginSubject::~PluginSubject() {
  while (!held_.empty()) close(held_.begin()->first);
}

PluginSubject::Held& PluginSubject::held(OptimizerHandle handle) {
  const auto found = held_.find(handle);
  if (found == held_.end()) throw SubjectDeclined(Outcome::subject_error, "no such handle");
  return found->second;
}

/// An optimizer by `make(request, optimizer, error)`, with its arrays.
template <class Make>
CreatedOptimizer PluginSubject::keep(std::string_view method, const CreateRequest& request,
                                     Make&& make) {
  PluginCreateRequest given(request);
  void* optimizer = nullptr;
  caller_.call(method,
               [&](plumbline_error* error) { return make(given.get(), &optimizer, error); });
  if (optimizer == nullptr) plugin_fault(fmt::format("`{}` answered without an optimizer", method));
  const OptimizerHandle handle = ++last_handle_;
  Held& kept = held_[handle];
  kept.optimizer = optimizer;
  const Rule* rule = find_rule(request.rule);
  kept.by_tensor = rule != nullptr && rule->unit != Unit::element;
  for (std::size_t index = 0; index < request.parameters.size(); ++index) {
    const std::vector<double>& values = request.parameters[index].values;
    kept.parameters.emplace_back(given.formats()[index], values);
    kept.gradients.emplace_back(given.formats()[index], values.size());
    kept.points.emplace_back(given.formats()[index], values.size());
  }
  try {
    given.check_after_call();
    kept.looks_ahead = caller_.table().look_ahead != nullptr;
    return {handle, look_ahead(kept)};
  } catch (...) {
    close(handle);
    throw;
  }
}

std::optional<Tensors> PluginSubject::look_ahead(Held& held) {
  if (!held.looks_ahead) return std::nullopt;
  const auto parameters = constant_plugin_pointers(held.parameters);
  const auto points = plugin_pointers(held.points);
  try {
    caller_.call("look_ahead", [&](plumbline_error* error) {
      return caller_.table().look_ahead(held.optimizer, parameters.data(), points.data(), error);
    });
  } catch (const SubjectDeclined& declined) {
    if (declined.outcome != Outcome::unsupported) throw;
    held.looks_ahead = false;
    return std::nullopt;
  }
  require_intact(held.points, "points");
  return read_plugin_arrays(held.points);
}

Answer<CreatedOptimizer> PluginSubject::create(const CreateRequest& request) {
  return answered_by_plugin([&] {
    require_method(caller_.table().create, "create");
    return keep("create", request, caller_.table().create);
  });
}

Answer<StepAnswer> PluginSubject::step(OptimizerHandle handle, const StepRequest& request) {
  return answered_by_plugin([&] {
    Held& stepped = held(handle);
    std::vector<const void*> gradients;
    for (std::size_t index = 0; index < request.gradients.size(); ++index) {
      const auto& gradient = request.gradients[index];
      if (gradient) stepped.gradients.at(index).write(*gradient);
      gradients.push_back(gradient ? stepped.gradients[index].data() : nullptr);
    }
    const auto parameters = plugin_pointers(stepped.parameters);
    const plumbline_step_request given{
        .parameters = parameters.data(),
        .gradients = gradients.data(),
        .parameter_count = parameters.size(),
        .learning_rate = request.learning_rate ? &*request.learning_rate : nullptr,
        .loss = request.loss ? &*request.loss : nullptr};
    caller_.call("step", [&](plumbline_error* error) {
      return caller_.table().step(stepped.optimizer, &given, error);
    });
    require_intact(stepped.parameters, "parameters");
    require_intact(stepped.gradients, "gradients");
    return StepAnswer{read_plugin_arrays(stepped.parameters), look_ahead(stepped)};
  });
}

Answer<StateRecord> PluginSubject::state(OptimizerHandle handle) {
  return answered_by_plugin([&] {
    const Held& shown = held(handle);
    require_method(caller_.table().state, "state");
    StateRecord record;
    for (std::size_t index = 0; !shown.parameters.empty(); ++index) {
      std::string name;
      std::vector<std::optional<std::vector<double>>> tensors;
      for (std::size_t parameter = 0; parameter < shown.parameters.size(); ++parameter) {
        plumbline_state_tensor tensor{};
        caller_.call("state", [&](plumbline_error* error) {
          return caller_.table().state(shown.optimizer, index, parameter, &tensor, error);
        });
        if (tensor.name == nullptr && parameter == 0) return record;
        if (index == most_state_tensors) plugin_fault("the plugin's state tensors do not end");
        if (tensor.name == nullptr) {
          plugin_fault(
              fmt::format("state tensor {} has no name for parameter {}", index, parameter));
        }
        const std::string own_name = plugin_state_name(tensor);
        if (parameter > 0 && own_name != name) {
          plugin_fault(fmt::format("state tensor {} is `{}` and `{}`", index, name, own_name));
        }
        name = own_name;
        const std::size_t count = shown.parameters[parameter].count();
        if (tensor.data == nullptr) {
          tensors.emplace_back();
          continue;
        }
        if (!shown.by_tensor && tensor.count != count) {
          plugin_fault(
              fmt::format("state `{}` of parameter {} has {} values where {} were expected", name,
                          parameter, tensor.count, count));
        }
        tensors.emplace_back(plugin_state_values(tensor, name));
      }
      record.insert_or_assign(name, std::move(tensors));
    }
    return record;
  });
}

// The harness holds the parameters' values, so they are part of the checkpoint.
Answer<nlohmann::json> PluginSubject::save(OptimizerHandle handle) {
  return answered_by_plugin([&]() -> nlohmann::json {
    const Held& saved = held(handle);
    require_method(caller_.table().save, "save");
    require_method(caller_.table().load, "load");
    const void* bytes = nullptr;
    std::size_t size = 0;
    caller_.call("save", [&](plumbline_error* error) {
      return caller_.table().save(saved.optimizer, &bytes, &size, error);
    });
    if (bytes == nullptr && size > 0) plugin_fault("`save` answered without its bytes");
    if (size > largest_checkpoint) plugin_fault(fmt::format("`save` answered with {} bytes", size));
    nlohmann::json parameters = nlohmann::json::array();
    for (const PluginArray& array : saved.parameters) {
      parameters.push_back(numbers_message(array.read(), NumberStyle::decimal));
    }
    return {{"parameters", std::move(parameters)},
            {"bytes", to_hexadecimal(static_cast<const unsigned char*>(bytes), size)}};
  });
}

Answer<CreatedOptimizer> PluginSubject::load(const nlohmann::json& checkpoint,
                                             const CreateRequest& origin) {
  return answered_by_plugin([&] {
    require_method(caller_.table().load, "load");
    CreateRequest request = origin;
    const Tensors values =
        read_tensors(checkpoint.at("parameters"), "parameters", origin.lengths());
    for (std::size_t index = 0; index < values.size(); ++index) {
      request.parameters[index].values = values[index];
    }
    const auto bytes = from_hexadecimal(checkpoint.at("bytes").get<std::string>());
    return keep(
        "load", request,
        [&](const plumbline_create_request* given, void** optimizer, plumbline_error* error) {
          return caller_.table().load(given, bytes.data(), bytes.size(), optimizer, error);
        });
  });
}

Ended PluginSubject::close(OptimizerHandle handle) {
  const auto found = held_.find(handle);
  if (found == held_.end()) return {Outcome::subject_error, Fault::none, "no such handle"};
  void* optimizer = found->second.optimizer;
  held_.erase(found);
  const auto closed = answered_by_plugin([&] {
    return caller_.enter("close", [&] {
      caller_.table().close(optimizer);
      return PLUMBLINE_OK;
    });
  });
  return closed.ended();
}

}  // namespace plumbline::conformance
