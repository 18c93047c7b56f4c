// What a rule asks of its objective, on the numbers that the rule's text runs on.
//
// A point and a direction are flat vectors [n] of all parameters; a gradient is one too, and
// a Hessian and a Fisher matrix are matrices [n, n]; residuals [m, 1], their Jacobian [m, n].
// Objectives that have no Fisher matrix or residuals throw std::invalid_argument.
#pragma once

namespace plumbline {

template <class Value>
class Oracle {
 public:
  virtual ~Oracle() = default;
  virtual Value value(const Value& point) const = 0;
  virtual Value gradient(const Value& point) const = 0;
  virtual Value hessian(const Value& point) const = 0;
  virtual Value hessian_vector(const Value& point, const Value& direction) const = 0;
  virtual Value fisher(const Value& point) const = 0;
  virtual Value residuals(const Value& point) const = 0;
  virtual Value jacobian(const Value& point) const = 0;
};

}  // namespace plumbline
