#include "conformance/transport/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include "conformance/transport/printable_text.hpp"

extern char** environ;

namespace plumbline::conformance {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{64} << 10;
constexpr std::chrono::milliseconds longest_wait{20};

void require(int error, const char* what) {
  if (error != 0) {
    throw std::runtime_error(fmt::format("{} ({})", std::generic_category().message(error), what));
  }
}

// Where the harness was started with a closed stream, a pipe's end would get its
// number: what the harness prints would then reach the subject, and the dup2 of
// one end in the child could overwrite another.
Descriptor above_standard_streams(Descriptor descriptor) {
  if (descriptor.number() > STDERR_FILENO) return descriptor;
  const int moved = fcntl(descriptor.number(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  require(moved < 0 ? errno : 0, "fcntl");
  return Descriptor(moved);
}

struct Pipe {
  Descriptor read_end, write_end;
};

// Close-on-exec from birth, since another thread may start its child between
// any two calls of ours, and a child that inherits a stranger's pipe keeps it open.
Pipe open_pipe() {
  std::array<int, 2> ends;
  require(pipe2(ends.data(), O_CLOEXEC) < 0 ? errno : 0, "pipe2");
  Descriptor read_end(ends[0]), write_end(ends[1]);
  return {above_standard_streams(std::move(read_end)),
          above_standard_streams(std::move(write_end))};
}

// Only our end: the flag belongs to the open file, and each end is one of its own.
void make_non_blocking(const Descriptor& descriptor) {
  require(fcntl(descriptor.number(), F_SETFL, O_NONBLOCK) < 0 ? errno : 0, "fcntl");
}

// posix_spawn rather than fork: no page tables to copy, nothing unsafe runs
// between fork and exec in a program of many threads, and an exec that fails
// comes back as a return value.
class SpawnPlan {
 public:
  SpawnPlan() {
    require(posix_spawn_file_actions_init(&actions_), "posix_spawn_file_actions_init");
    require(posix_spawnattr_init(&attributes_), "posix_spawnattr_init");
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&actions_);
  }

  void connect(const Descriptor& end, int stream) {
    require(posix_spawn_file_actions_adddup2(&actions_, end.number(), stream), "adddup2");
  }

  // A group of its own, so that its children can be killed with it, and the
  // usual signals whatever the calling thread blocks or the harness ignores.
  void set_group_and_signals() {
    sigset_t nothing, reset;
    sigemptyset(&nothing);
    sigemptyset(&reset);
    sigaddset(&reset, SIGPIPE);
    sigaddset(&reset, SIGCHLD);
    require(posix_spawnattr_setpgroup(&attributes_, 0), "setpgroup");
    require(posix_spawnattr_setsigmask(&attributes_, &nothing), "setsigmask");
    require(posix_spawnattr_setsigdefault(&attributes_, &reset), "setsigdefault");
    require(posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                       POSIX_SPAWN_SETSIGDEF),
            "setflags");
  }

  pid_t start(const std::vector<std::string>& command) {
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_t process = -1;
    const int error = posix_spawnp(&process, arguments.front(), &actions_, &attributes_,
                                   arguments.data(), environ);
    if (error != 0) throw std::runtime_error(std::generic_category().message(error));
    return process;
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

// Keeps SIGPIPE from this thread while it writes. A pipe and not a socket,
// because a socket can't be opened as /dev/stdin, which some languages do; so
// there is no MSG_NOSIGNAL. The process-wide disposition is the program's own
// affair and stays as it is.
class PipeSignalBlock {
 public:
  PipeSignalBlock() {
    sigemptyset(&pipe_signal_);
    sigaddset(&pipe_signal_, SIGPIPE);
    was_pending_ = is_pending();
    pthread_sigmask(SIG_BLOCK, &pipe_signal_, &mask_before_);
  }
  PipeSignalBlock(const PipeSignalBlock&) = delete;
  PipeSignalBlock& operator=(const PipeSignalBlock&) = delete;
  ~PipeSignalBlock() {
    if (!was_pending_ && is_pending()) {
      int taken;
      sigwait(&pipe_signal_, &taken);
    }
    pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  }

 private:
  static bool is_pending() {
    sigset_t pending;
    return sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
  }

  sigset_t pipe_signal_, mask_before_;
  bool was_pending_ = false;
};

bool should_try_later(int error) {
  return error == EINTR || error == EAGAIN || error == EWOULDBLOCK;
}

// Appends what can be read at once, at most a chunk. Returns whether anything
// came; closes SOURCE at its end.
bool read_chunk(Descriptor& source, std::string& target) {
  if (!source.is_open()) return false;
  std::array<char, chunk_bytes> chunk;
  const ssize_t count = read(source.number(), chunk.data(), chunk.size());
  if (count > 0) {
    target.append(chunk.data(), static_cast<std::size_t>(count));
    return true;
  }
  if (count == 0 || !should_try_later(errno)) source.close();
  return false;
}

const char* signal_name(int number) {
  // Not strsignal: it may share its text with other threads.
  switch (number) {
    case SIGHUP:
      return "SIGHUP";
    case SIGINT:
      return "SIGINT";
    case SIGQUIT:
      return "SIGQUIT";
    case SIGILL:
      return "SIGILL";
    case SIGTRAP:
      return "SIGTRAP";
    case SIGABRT:
      return "SIGABRT";
    case SIGBUS:
      return "SIGBUS";
    case SIGFPE:
      return "SIGFPE";
    case SIGKILL:
      return "SIGKILL";
    case SIGSEGV:
      return "SIGSEGV";
    case SIGPIPE:
      return "SIGPIPE";
    case SIGALRM:
      return "SIGALRM";
    case SIGTERM:
      return "SIGTERM";
    case SIGUSR1:
      return "SIGUSR1";
    case SIGUSR2:
      return "SIGUSR2";
    case SIGXCPU:
      return "SIGXCPU";
    case SIGXFSZ:
      return "SIGXFSZ";
    case SIGSYS:
      return "SIGSYS";
    default:
      return "of another name";
  }
}

// PROCESS has ended or was sent SIGKILL, so this takes no time. The bound is for
// a child that can't be killed (it changed its user, or hangs in the kernel).
Ending reap(pid_t process) {
  const auto give_up = ChildProcess::Clock::now() + std::chrono::seconds(5);
  int status = 0;
  pid_t reaped;
  while ((reaped = waitpid(process, &status, WNOHANG)) == 0 || (reaped < 0 && errno == EINTR)) {
    if (ChildProcess::Clock::now() > give_up) break;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  if (reaped == process && WIFEXITED(status)) {
    return {Ending::Kind::exited, WEXITSTATUS(status)};
  }
  if (reaped == process && WIFSIGNALED(status)) {
    return {Ending::Kind::killed_by_signal, WTERMSIG(status)};
  }
  return {};  // the program ignores SIGCHLD, or somebody else waited for our child
}

}  // namespace

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

void Descriptor::close() {
  if (is_open()) ::close(std::exchange(number_, -1));
}

std::string Ending::text() const {
  switch (kind) {
    case Kind::exited:
      return fmt::format("exited with code {}", number);
    case Kind::killed_by_signal:
      return fmt::format("was killed by signal {} ({})", number, signal_name(number));
    case Kind::unknown:
      break;
  }
  return "ended, and how it did was lost";
}

ChildProcess::ChildProcess(const std::vector<std::string>& command, Room room) : room_(room) {
  if (command.empty() || command.front().empty()) {
    throw std::runtime_error("could not start the subject: the command is empty");
  }
  try {
    Pipe input = open_pipe(), output = open_pipe(), errors = open_pipe();
    make_non_blocking(input.write_end);
    make_non_blocking(output.read_end);
    make_non_blocking(errors.read_end);
    SpawnPlan plan;
    plan.connect(input.read_end, STDIN_FILENO);
    plan.connect(output.write_end, STDOUT_FILENO);
    plan.connect(errors.write_end, STDERR_FILENO);
    plan.set_group_and_signals();
    process_ = plan.start(command);
    standard_input_ = std::move(input.write_end);
    standard_output_ = std::move(output.read_end);
    standard_error_ = std::move(errors.read_end);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(fmt::format("could not start `{}`: {}",
                                         printable_line(fmt::format("{}", fmt::join(command, " "))),
                                         error.what()));
  }
}

ChildProcess::~ChildProcess() {
  stop();
}

void ChildProcess::send(std::string bytes) {
  if (unsent() == 0) {
    input_ = std::move(bytes);
    written_ = 0;
  } else {
    input_ += bytes;
  }
}

void ChildProcess::transfer(Clock::time_point deadline) {
  std::array<pollfd, 3> streams;
  const bool wants_input = unsent() > 0 && !input_is_broken_;
  // poll(2) passes over negative descriptors.
  streams[0] = {wants_input ? standard_input_.number() : -1, POLLOUT, 0};
  streams[1] = {output_is_full() ? -1 : standard_output_.number(), POLLIN, 0};
  streams[2] = {standard_error_.number(), POLLIN, 0};
  const auto wait =
      std::clamp<Clock::duration>(deadline - Clock::now(), Clock::duration::zero(), longest_wait);
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
  if (poll(streams.data(), streams.size(), static_cast<int>(milliseconds)) <= 0) return;
  if (streams[0].revents != 0) write_input();
  if (streams[1].revents != 0) read_output();
  if (streams[2].revents != 0) read_errors();
}

void ChildProcess::write_input() {
  const PipeSignalBlock block;
  const ssize_t count = write(standard_input_.number(), input_.data() + written_, unsent());
  if (count >= 0) {
    written_ += static_cast<std::size_t>(count);
  } else if (!should_try_later(errno)) {
    input_is_broken_ = true;
  }
}

bool ChildProcess::read_output() {
  return read_chunk(standard_output_, output_);
}

bool ChildProcess::read_errors() {
  const bool any = read_chunk(standard_error_, errors_tail_);
  if (errors_tail_.size() > room_.errors_tail) {
    errors_tail_.erase(0, errors_tail_.size() - room_.errors_tail);
  }
  return any;
}

std::optional<std::string> ChildProcess::take_line() {
  const std::size_t end = output_.find('\n', searched_);
  if (end == output_.npos) {
    searched_ = output_.size();
    return std::nullopt;
  }
  searched_ = 0;
  std::string rest = output_.substr(end + 1);
  std::string line = std::exchange(output_, std::move(rest));
  line.resize(end);
  return line;
}

bool ChildProcess::has_ended() const {
  if (process_ < 0) return true;
  // The child stays a zombie (WNOWAIT) until `stop`: as long as it is not
  // reaped, its process group's number can't be given to strangers.
  siginfo_t what{};
  int result;
  do {
    result = waitid(P_PID, static_cast<id_t>(process_), &what, WEXITED | WNOHANG | WNOWAIT);
  } while (result < 0 && errno == EINTR);
  return result < 0 || what.si_pid == process_;
}

void ChildProcess::drain_output() {
  while (!output_is_full() && read_output()) {
  }
}

Ending ChildProcess::stop() {
  if (process_ < 0) return {};
  kill(-process_, SIGKILL);
  kill(process_, SIGKILL);  // in case that it left its group
  const Ending ending = reap(process_);
  process_ = -1;
  // Bounded, since a grandchild that left the group may go on writing.
  constexpr int most_chunks = 32;
  for (int chunk = 0; chunk < most_chunks && read_errors(); ++chunk) {
  }
  standard_input_.close();
  standard_output_.close();
  standard_error_.close();
  return ending;
}

}  // namespace plumbline::conformance
