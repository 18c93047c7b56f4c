# The command line as scripts use it.
add_test(NAME command_line
  COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/command_line.py
          $<TARGET_FILE:plumbline> ${PROJECT_SOURCE_DIR})
set_tests_properties(command_line PROPERTIES TIMEOUT 900)

# The committed files are what this program computes.
add_test(NAME golden_verify
  COMMAND plumbline golden verify ${PROJECT_SOURCE_DIR}/golden)
set_tests_properties(golden_verify PROPERTIES TIMEOUT 900)
