# find_package(paitifyverify CONFIG REQUIRED [COMPONENTS http sqlite ...])
#
#   PaitifyVerify::paitifyverify            the shared library
#   PaitifyVerify::paitifyverify_static     the static one; defined where pkg-config finds what it needs
#   PaitifyVerify::paitifyverify-http, ...  the same of each component, and with _static
#
# A library of the kit has a file paitifyverify-NAME-targets.cmake beside this one; so each can be installed alone.
include("${CMAKE_CURRENT_LIST_DIR}/paitifyverify-targets.cmake")

foreach(_component IN LISTS ${CMAKE_FIND_PACKAGE_NAME}_FIND_COMPONENTS)
  set(_targets "${CMAKE_CURRENT_LIST_DIR}/paitifyverify-${_component}-targets.cmake")
  if(EXISTS "${_targets}")
    include("${_targets}")
    set(${CMAKE_FIND_PACKAGE_NAME}_${_component}_FOUND TRUE)
  else()
    set(${CMAKE_FIND_PACKAGE_NAME}_${_component}_FOUND FALSE)
    if(${CMAKE_FIND_PACKAGE_NAME}_FIND_REQUIRED_${_component})
      set(${CMAKE_FIND_PACKAGE_NAME}_FOUND FALSE)
      set(${CMAKE_FIND_PACKAGE_NAME}_NOT_FOUND_MESSAGE "libpaitifyverify-${_component} is not installed")
    endif()
  endif()
endforeach()
unset(_component)
unset(_targets)
