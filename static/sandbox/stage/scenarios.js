// What a newcomer may play: each step says whose turn it is, what to do, and how it is done for them.

const NAMES = { customer: "客户", member: "成员", supervisor: "主管" };
export const roleName = (role) => NAMES[role];

// `stage` has say(text), tap(key), follow(scene), open(page), group(text), fault(mode).
export const SCENARIOS = [
  {
    name: "① 很急的报修：从关注到解决",
    steps: [
      { role: "customer", words: "新客户关注公众号，看看欢迎语。", do: (stage) => stage.follow() },
      { role: "customer", words: "说「我的服务器连不上了,很急」。助手听出是紧急报修，会请您绑定手机。", do: (stage) => stage.say("我的服务器连不上了,很急") },
      { role: "customer", words: "点消息里的链接绑定手机：填手机号，验证码会从手机顶上的短信里出现。绑定后工单自动建好，优先级为紧急。" },
      { role: "supervisor", words: "登录工作台（lisi 或 admin，密码在启动时打印），打开「工单」，新工单已经在待处理里，标着紧急。", do: (stage) => stage.open("supervisor", "/console/tickets/") },
      { role: "customer", words: "说「人工」。不管助手怎么想，都会转给真人。", do: (stage) => stage.say("人工") },
      { role: "supervisor", words: "打开「会话」，设为在线，接起对话，看看助手写的摘要，再回一句。", do: (stage) => stage.open("supervisor", "/console/") },
      { role: "customer", words: "手机上收到了客服的回复。客户的时间线上，关注、工单、对话都在一处。" },
    ],
  },
  {
    name: "② 成员在群里派单",
    steps: [
      { role: "member", words: "在群里 @助手 创建工单。", do: (stage) => stage.group("/创建工单 @客户张三 手机:13800138000 问题:服务器无法连接") },
      { role: "member", words: "卡片送达后，在群里 @助手 查一下进展。", do: (stage) => stage.group("/查询工单 客户张三") },
      { role: "supervisor", words: "主管在工单看板里看到同一张工单，可以改派、催办。", do: (stage) => stage.open("supervisor", "/console/tickets/") },
    ],
  },
  {
    name: "③ 菜单自助：查进度、转人工",
    steps: [
      { role: "customer", words: "点菜单「进度查询」，还没绑定的会被请去绑定。", do: (stage) => stage.tap("progress", "进度查询") },
      { role: "customer", words: "点菜单「提交问题」，一步步说清楚。", do: (stage) => stage.tap("submit", "提交问题") },
      { role: "customer", words: "点菜单「人工客服」。", do: (stage) => stage.tap("human", "人工客服") },
      { role: "supervisor", words: "在「会话」里接起来。", do: (stage) => stage.open("supervisor", "/console/") },
    ],
  },
  {
    name: "④ 渠道活码与侧边栏",
    steps: [
      { role: "supervisor", words: "在后台「渠道活码」建一个活码，选好成员、标签和欢迎语。", do: (stage) => stage.open("supervisor", "/admin/wechat/contactway/") },
      { role: "member", words: "打开「客户与侧边栏」，点「新客户添加」，选这个活码。", do: (stage) => stage.open("member", "/sandbox/beside/") },
      { role: "member", words: "右边是侧边栏：客户资料、标签、工单，一按就能打标签、建工单。" },
    ],
  },
  {
    name: "⑤ 平台出错也不丢不重",
    steps: [
      { role: "customer", words: "让下一次回调重复两次，再说一句话：手机上只会有一次答复。", do: async (stage) => { await stage.fault("double"); await stage.say("你们几点上班"); } },
      { role: "customer", words: "让下一次回调丢失：平台重试，话照样送到。", do: async (stage) => { await stage.fault("lost"); await stage.say("怎么开发票"); } },
      { role: "customer", words: "让一句话迟到 4 秒，紧接着再说一句：乱序到达，各自只答一次。", do: async (stage) => { await stage.fault("late"); await stage.say("第一句：网站打不开"); await stage.say("第二句：今天早上开始的"); } },
    ],
  },
];
