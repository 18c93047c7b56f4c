// Dispatch of a held parameter's calls to formats and orders, for a set of formats.
#pragma once

#include "rules.hpp"

namespace variant {

template <class State>
void fill(void* tensor, std::size_t size, double value) {
  for (std::size_t i = 0; i < size; ++i) static_cast<State*>(tensor)[i] = as<State>(value);
}

template <class State>
void start_in(Held& held) {
  for (void* tensor : held.state) fill<State>(tensor, held.size, 0);
  if (held.rule == Rule::adagrad) {
    fill<State>(held.state[0], held.size,
                held.dialect.start_epsilon ? held.given.epsilon : held.given.initial_accumulator);
  }
  if (held.rule == Rule::yogi) {
    fill<State>(held.state[1], held.size, held.given.initial_accumulator);
    if (held.dialect.both_started) {
      fill<State>(held.state[0], held.size, held.given.initial_accumulator);
    }
  }
  if (held.rule == Rule::rprop) fill<State>(held.state[0], held.size, held.given.learning_rate);
  if (held.rule == Rule::amsgrad && held.dialect.start_epsilon) {
    for (void* tensor : held.state) fill<State>(tensor, held.size, held.given.epsilon);
  }
  if (held.rule == Rule::rmsprop && held.dialect.start_one)
    fill<State>(held.state[0], held.size, 1);
}

/// `Formats` has `call<order>(format, body)`, which calls
/// body.operator()<order, Stored, State, Number>().
template <class Formats>
struct Dispatch {
  template <class Body>
  static void in_order(int order, Format format, Body&& body) {
    switch (order) {
      case folded:
        return Formats::template call<folded>(format, body);
      case products_in_format:
        return Formats::template call<products_in_format>(format, body);
      case reciprocals:
        return Formats::template call<reciprocals>(format, body);
      case fused:
        return Formats::template call<fused>(format, body);
      case in_lanes:
        return Formats::template call<in_lanes>(format, body);
      case wider:
        return Formats::template call<wider>(format, body);
      case interpolated:
        return Formats::template call<interpolated>(format, body);
      default:
        return Formats::template call<as_written>(format, body);
    }
  }

  static void start(Held& held, const void* parameter) {
    held.initial_rate = held.given.learning_rate;
    in_order(as_written, held.format, [&]<int order, class Stored, class State, class Number>() {
      start_in<State>(held);
      if (held.rule != Rule::momentum || !held.dialect.polyak) return;
      for (std::size_t i = 0; i < held.size; ++i) {
        static_cast<State*>(held.state[0])[i] = as<State>(static_cast<const Stored*>(parameter)[i]);
      }
    });
  }

  static void step(Held& held, void* parameter, const void* gradient) {
    ++held.count;
    in_order(held.order, held.format, [&]<int order, class Stored, class State, class Number>() {
      Step<order, Stored, State, Number>(held, parameter, gradient).take();
    });
  }

  static void look_ahead(const Held& held, const void* parameter, void* point) {
    Held copy = held;
    in_order(held.order, held.format, [&]<int order, class Stored, class State, class Number>() {
      Step<order, Stored, State, Number>(copy, const_cast<void*>(parameter), nullptr).point(point);
    });
  }
};

}  // namespace variant
