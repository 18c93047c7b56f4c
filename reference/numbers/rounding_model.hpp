// How much rounding acceptance allows for.
#pragma once

namespace plumbline {

/// How much rounding is allowed for; set for a thread by RoundingScope.
struct RoundingModel {
  double budget = 2;                ///< K, roundings an operation
  bool flushes_subnormals = false;  ///< e is then the least normal

  friend bool operator==(const RoundingModel&, const RoundingModel&) = default;
};

inline RoundingModel& rounding_model() {
  thread_local RoundingModel model;
  return model;
}

/// Sets the thread's rounding model and puts the former one back at its end.
class RoundingScope {
 public:
  explicit RoundingScope(RoundingModel model) : saved_(rounding_model()) {
    rounding_model() = model;
  }
  ~RoundingScope() { rounding_model() = saved_; }
  RoundingScope(const RoundingScope&) = delete;
  RoundingScope& operator=(const RoundingScope&) = delete;

 private:
  RoundingModel saved_;
};

}  // namespace plumbline
