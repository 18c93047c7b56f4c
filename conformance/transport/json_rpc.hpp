// JSON-RPC 2.0 messages: one line of text to and from its parts.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "conformance/transport/bounded_json.hpp"

namespace plumbline::conformance {

/// An error as JSON-RPC sends it.
struct RpcError {
  std::int64_t code = 0;
  std::string message;
};

/// Thrown by whoever answers a request, to answer it with an error.
struct RequestRefused : std::runtime_error {
  RequestRefused(std::int64_t error_code, const std::string& message)
      : std::runtime_error(message), code(error_code) {}
  std::int64_t code;
};

/// What came in: a request (with `method`), or a reply (with `error` or else `result`).
struct Message {
  nlohmann::json id;
  std::optional<std::string> method;
  nlohmann::json params;
  nlohmann::json result;
  std::optional<RpcError> error;
};

/// The message on LINE. Throws std::runtime_error with one printable line that
/// says how it breaks JSON, the bounds or JSON-RPC.
Message parse_message(std::string_view line, const JsonBounds& bounds);

/// A line (with its line feed) that asks for METHOD. Null PARAMS are left out.
/// Numbers must have gone through `write_number`: nlohmann writes NaN as null.
std::string request_line(std::uint64_t id, std::string_view method, nlohmann::json params);

/// A line that answers the request ID.
std::string result_line(const nlohmann::json& id, nlohmann::json result);
std::string error_line(const nlohmann::json& id, const RpcError& error);

}  // namespace plumbline::conformance
