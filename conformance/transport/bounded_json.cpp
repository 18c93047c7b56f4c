#include "conformance/transport/bounded_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "conformance/transport/printable_text.hpp"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

// Rough sizes on a 64-bit machine, allocation included.
constexpr std::size_t value_cost = sizeof(json);
constexpr std::size_t container_cost = 48;
constexpr std::size_t string_cost = 48;
constexpr std::size_t member_cost = 112;

// Builds the value from the parser's events. An own builder and not nlohmann's
// callback parser, because that one searches the parent for discarded values
// after every child, which takes quadratic time for `[{},{},...`.
class BoundedBuilder : public nlohmann::json_sax<json> {
 public:
  BoundedBuilder(std::string_view text, const JsonBounds& bounds) : text_(text), bounds_(bounds) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override {
    // nlohmann gives unsigned tokens to number_unsigned: a zero here was "-0".
    return value == 0 ? add(-0.0) : add(value);
  }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override {
    return spend(string_cost + value.size()) && add(std::move(value));
  }
  bool binary(binary_t&) override { return refuse("binary data in JSON"); }

  bool start_object(std::size_t) override { return open(json::object()); }
  bool key(string_t& name) override {
    if (!spend(member_cost + name.size())) return false;
    auto [place, is_new] = open_.back()->get_ref<json::object_t&>().emplace(name, nullptr);
    if (!is_new) {
      return refuse(fmt::format("an object has the name \"{}\" twice", printable_line(name, 60)));
    }
    member_ = &place->second;
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    // "[json.exception...] parse error at line 1, column 9: REASON; last read: '...'": the
    // place and the text around it are said here in our own way, and bounded.
    std::string_view reason = error.what();
    reason = reason.substr(0, std::min(reason.size(), reason.find("; last read")));
    if (const std::size_t colon = reason.find(": "); colon != reason.npos) {
      reason = reason.substr(colon + 2);
    } else if (const std::size_t bracket = reason.find("] "); bracket != reason.npos) {
      reason = reason.substr(bracket + 2);
    }
    constexpr int number_overflow = 406;
    const char* kind = error.id == number_overflow ? "a number beyond binary64" : "not JSON";
    const std::size_t start = position > 40 ? position - 40 : 0;
    return refuse(fmt::format("{} at byte {}: {}, near `{}`", kind, position,
                              printable_line(reason),
                              printable_line(text_.substr(std::min(start, text_.size()), 60))));
  }

  const std::string& refusal() const { return refusal_; }
  json take() { return std::move(root_); }

 private:
  bool refuse(std::string why) {
    refusal_ = std::move(why);
    return false;
  }

  bool spend(std::size_t cost) {
    if (cost > bounds_.memory_bytes - spent_) {
      return refuse(
          fmt::format("JSON that would need more than {} bytes of memory", bounds_.memory_bytes));
    }
    spent_ += cost;
    return true;
  }

  // Where the next value goes. Pointers into an array stay good, because an
  // array doesn't grow while one of its children is open.
  json* place(json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (open_.back()->is_array()) {
      auto& elements = open_.back()->get_ref<json::array_t&>();
      elements.push_back(std::move(value));
      return &elements.back();
    }
    *member_ = std::move(value);
    return member_;
  }

  template <class Value>
  bool add(Value&& value) {
    if (!spend(value_cost)) return false;
    place(json(std::forward<Value>(value)));
    return true;
  }

  bool open(json container) {
    if (open_.size() == bounds_.depth) {
      return refuse(fmt::format("JSON nested more than {} levels deep", bounds_.depth));
    }
    if (!spend(value_cost + container_cost)) return false;
    open_.push_back(place(std::move(container)));
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  std::string_view text_;
  JsonBounds bounds_;
  std::size_t spent_ = 0;
  json root_;
  std::vector<json*> open_;
  json* member_ = nullptr;
  std::string refusal_;
};

}  // namespace

nlohmann::json parse_bounded(std::string_view text, const JsonBounds& bounds) {
  // nlohmann takes a NUL for the end of its input, and would not look at the rest.
  if (const std::size_t nul = text.find('\0'); nul != text.npos) {
    throw std::runtime_error(fmt::format("not JSON: a NUL at byte {}", nul + 1));
  }
  BoundedBuilder builder(text, bounds);
  if (!json::sax_parse(text.begin(), text.end(), &builder)) {
    throw std::runtime_error(builder.refusal());
  }
  return builder.take();
}

}  // namespace plumbline::conformance
