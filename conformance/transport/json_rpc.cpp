#include "conformance/transport/json_rpc.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "conformance/transport/printable_text.hpp"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(std::string_view why, std::string_view line) {
  throw std::runtime_error(fmt::format("{}: `{}`", why, printable_line(line)));
}

std::optional<json> take(json& message, const char* name) {
  const auto member = message.find(name);
  if (member == message.end()) return std::nullopt;
  return std::move(*member);
}

// Also of a number such as 1.0: languages with one kind of number write it so.
std::optional<std::int64_t> integer(const json& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>();
  constexpr double exact_below = 9007199254740992.0;
  const double number = value.is_number() ? value.get<double>() : exact_below;
  if (std::trunc(number) != number || std::fabs(number) >= exact_below) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

RpcError read_error(const json& error, std::string_view line) {
  const json none;
  const bool complete = error.is_object() && error.contains("code") && error.contains("message");
  const std::optional<std::int64_t> code = integer(complete ? error["code"] : none);
  if (!code || !error["message"].is_string()) {
    refuse("an error without an integer `code` and a string `message`", line);
  }
  return {*code, printable_line(error["message"].get_ref<const std::string&>(), 500)};
}

void read_request(json& message, Message& parts, std::string_view line) {
  const json method = std::move(message["method"]);
  if (!method.is_string()) refuse("a request whose `method` is not a string", line);
  if (message.contains("result") || message.contains("error")) {
    refuse("both a `method` and a `result` or `error`", line);
  }
  if (!parts.id.is_string() && !parts.id.is_number()) {
    refuse("a request whose `id` is neither a string nor a number", line);
  }
  parts.method = method.get<std::string>();
  parts.params = take(message, "params").value_or(nullptr);
  if (!parts.params.is_structured() && !parts.params.is_null()) {
    refuse("a request whose `params` are neither an object nor an array", line);
  }
}

void read_reply(json& message, Message& parts, std::string_view line) {
  std::optional<json> result = take(message, "result");
  std::optional<json> error = take(message, "error");
  // JSON-RPC 1.0 wrote `"error": null` beside a result, and many programs still do.
  if (result && error && error->is_null()) error.reset();
  if (result && error) refuse("both `result` and `error`", line);
  if (!result && !error) refuse("neither `result` nor `error`", line);
  if (result) parts.result = *std::move(result);
  if (error) parts.error = read_error(*error, line);
}

std::string line_of(json message) {
  message["jsonrpc"] = "2.0";
  return message.dump() + '\n';
}

}  // namespace

Message parse_message(std::string_view line, const JsonBounds& bounds) {
  if (line.find_first_not_of(" \t\r") == line.npos) throw std::runtime_error("an empty line");
  json message = parse_bounded(line, bounds);
  if (!message.is_object()) {
    refuse(fmt::format("JSON that is not an object but of type {}", message.type_name()), line);
  }
  if (!message.contains("jsonrpc")) refuse("no `jsonrpc`", line);
  if (message["jsonrpc"] != "2.0") refuse("a `jsonrpc` that is not \"2.0\"", line);
  std::optional<json> id = take(message, "id");
  if (!id) refuse("no `id`", line);
  Message parts;
  parts.id = *std::move(id);
  if (message.contains("method")) {
    read_request(message, parts, line);
  } else {
    read_reply(message, parts, line);
  }
  return parts;
}

std::string request_line(std::uint64_t id, std::string_view method, nlohmann::json params) {
  json request = {{"id", id}, {"method", method}};
  if (!params.is_null()) request["params"] = std::move(params);
  return line_of(std::move(request));
}

std::string result_line(const nlohmann::json& id, nlohmann::json result) {
  json reply = {{"id", id}};
  reply["result"] = std::move(result);
  return line_of(std::move(reply));
}

std::string error_line(const nlohmann::json& id, const RpcError& error) {
  return line_of({{"id", id}, {"error", {{"code", error.code}, {"message", error.message}}}});
}

}  // namespace plumbline::conformance
